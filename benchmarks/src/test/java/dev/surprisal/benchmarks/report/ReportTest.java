package dev.surprisal.benchmarks.report;

import static dev.surprisal.benchmarks.report.MadeUp.STEP;
import static dev.surprisal.benchmarks.report.MadeUp.ours;
import static dev.surprisal.benchmarks.report.MadeUp.row;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.measure.Results;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the pages look like stands in expected-*.md beside the test's resources. */
class ReportTest {
  @TempDir Path repository;
  private final StringWriter output = new StringWriter();

  @BeforeEach
  void pages() throws Exception {
    Files.createDirectories(repository.resolve("docs/images"));
    Files.writeString(
        repository.resolve("README.md"),
        "above\n\n<!-- speed -->\nold\n<!-- /speed -->\n\nbelow\n");
    Files.writeString(
        repository.resolve("docs/losses.md"), "<!-- measured -->\nold\n<!-- /measured -->\n");
  }

  private int report(Path... results) {
    String[] arguments =
        Stream.concat(
                Stream.of("--repository", repository.toString()),
                Stream.of(results).map(Path::toString))
            .toArray(String[]::new);
    return new CommandLine(new ReportCommand())
        .setOut(new PrintWriter(output, true))
        .setErr(new PrintWriter(output, true))
        .execute(arguments);
  }

  private Path recorded(String name, Results results) {
    Path folder = repository.resolve("benchmarks/results").resolve(name);
    results.save(folder);
    return folder;
  }

  private String page(String name) throws Exception {
    return Files.readString(repository.resolve(name));
  }

  private static String expected(String name) throws Exception {
    try (InputStream in = ReportTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void the_pages_show_every_figure_and_why_there_is_none() throws Exception {
    recorded("one", MadeUp.everything());

    assertEquals(0, report(), output.toString());

    assertEquals(expected("expected-performance.md"), page("docs/performance.md"));
    assertEquals(expected("expected-readme.md"), page("README.md"));
    assertEquals(expected("expected-losses.md"), page("docs/losses.md"));
  }

  @Test
  void pictures_that_pages_show_are_there_and_the_same_each_time() throws Exception {
    recorded("one", MadeUp.everything());
    Path stale = Files.createFile(repository.resolve("docs/images/performance-gone.png"));
    Path other = Files.createFile(repository.resolve("docs/images/loss-curves.png"));

    report();
    Map<Path, byte[]> first = pictures();
    report();

    assertFalse(Files.exists(stale));
    assertTrue(Files.exists(other));
    for (Map.Entry<Path, byte[]> picture : pictures().entrySet()) {
      assertArrayEquals(first.get(picture.getKey()), picture.getValue());
      assertTrue(ImageIO.read(picture.getKey().toFile()).getWidth() >= 700);
      String link = "images/" + picture.getKey().getFileName();
      assertTrue(page("docs/performance.md").contains("](" + link + ")"), link);
    }
    assertEquals(5, first.size());
  }

  @Test
  void a_run_can_draw_its_own() throws Exception {
    List<Path> drawn = Pictures.draw(MadeUp.everything(), repository);

    assertEquals(5, drawn.size());
    for (Path picture : drawn) {
      assertTrue(ImageIO.read(picture.toFile()).getWidth() >= 700);
    }
  }

  private Map<Path, byte[]> pictures() throws Exception {
    Map<Path, byte[]> pictures = new TreeMap<>();
    try (Stream<Path> files = Files.list(repository.resolve("docs/images"))) {
      for (Path file : files.filter(path -> path.toString().contains("performance-")).toList()) {
        pictures.put(file, Files.readAllBytes(file));
      }
    }
    return pictures;
  }

  @Test
  void only_the_newest_run_of_each_device_is_shown() throws Exception {
    recorded("b", step("Abacus", "2026-01-02T00:00:00Z", 7));
    recorded("a", step("Abacus", "2026-01-01T00:00:00Z", 6));
    recorded("c", step("Slide rule", "2025-01-01T00:00:00Z", 5));

    report();

    String page = page("docs/performance.md");
    assertTrue(page.contains("7.00 µs"), page);
    assertFalse(page.contains("6.00 µs"), page);
    assertTrue(page.indexOf("## Abacus") < page.indexOf("## Slide rule"), page);
    assertTrue(page("README.md").contains("5.00 µs"));
  }

  private static Results step(String device, String date, double time) {
    return new Results(
        MadeUp.environment(device, date), null, List.of(row("step", STEP, ours(time))));
  }

  @Test
  void what_jmh_found_on_the_device_is_shown_with_it() throws Exception {
    Path folder = recorded("a", step("Abacus", "2026-01-01", 6));
    Files.writeString(
        folder.resolve("jmh.json"),
        """
        [{"benchmark": "some.where.BindingBenchmark.replayed", "params": {"device": "gpu"},
          "primaryMetric": {"score": 1234.5, "scoreError": "NaN", "scoreUnit": "ns/op"},
          "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 24.0, "scoreUnit": "B/op"}}}]
        """);

    report();

    assertTrue(
        page("docs/performance.md")
            .contains("| BindingBenchmark.replayed device=gpu | 1.23 µs | — | 24.0 B |"),
        page("docs/performance.md"));
  }

  @Test
  void figures_of_jmh_that_are_no_times_are_refused() throws Exception {
    Path folder = recorded("a", step("Abacus", "2026-01-01", 6));
    Files.writeString(
        folder.resolve("jmh.json"),
        "[{\"benchmark\": \"a.B.c\", \"primaryMetric\": {\"score\": 1, \"scoreUnit\":"
            + " \"ops/s\"}}]");

    assertEquals(2, report());
    assertTrue(output.toString().contains("ops/s"), output.toString());
  }

  @Test
  void given_results_are_shown_alone() throws Exception {
    recorded("a", step("Abacus", "2026-01-01", 6));
    Path given = recorded("c", step("Slide rule", "2025-01-01", 5));

    report(given);

    assertFalse(page("docs/performance.md").contains("Abacus"));
  }

  @Test
  void a_page_about_what_was_not_measured_stays_as_it_is() throws Exception {
    recorded("a", step("Abacus", "2026-01-01", 6));

    report();

    assertEquals("<!-- measured -->\nold\n<!-- /measured -->\n", page("docs/losses.md"));
    assertTrue(output.toString().contains("left as it was"), output.toString());
  }

  @Test
  void without_results_or_markers_it_says_what_is_missing() throws Exception {
    assertEquals(2, report());
    assertTrue(output.toString().contains("benchmarks/run"), output.toString());

    recorded("a", step("Abacus", "2026-01-01", 6));
    Files.writeString(repository.resolve("README.md"), "nothing\n");
    assertEquals(2, report());
    assertTrue(output.toString().contains("<!-- speed -->"), output.toString());
  }
}
