package dev.surprisal.benchmarks.suite;

import dev.surprisal.benchmarks.Benchmarks;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Results;
import dev.surprisal.benchmarks.measure.Row;
import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The benchmarks, beside PyTorch where {@code python3} has it. */
record BenchStage(Setting setting) implements Stage {
  /** So long may PyTorch take to be imported, from a disk that is cold. */
  private static final int IMPORT_SECONDS = 60;

  /** The least and the most time for the last turn, for what is written then, and to end. */
  private static final Duration LEAST_MARGIN = Duration.ofSeconds(8);

  private static final Duration MOST_MARGIN = Duration.ofSeconds(45);

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    Path folder = Files.createTempDirectory(setting.work(), name());
    List<String> torch =
        Answers.of(
            IMPORT_SECONDS,
            List.of("python3", "-c", "import torch; print(torch.__version__, torch.version.cuda)"));
    Ending ending;
    try {
      ending = measure(folder, !torch.isEmpty(), Duration.ofNanos(end - System.nanoTime()));
    } finally {
      // What it had written so far counts, however it ended.
      Path written = folder.resolve(Results.FILE);
      if (Files.exists(written)) {
        Files.write(setting.out().resolve(Results.FILE), Files.readAllBytes(written));
      }
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("ended", ending.text());
    figures.put("pytorch", torch.isEmpty() ? null : torch.get(0));
    if (!Files.exists(folder.resolve(Results.FILE))) {
      return new Outcome(Outcome.Result.FAILED, "no results: " + ending.text(), figures);
    }
    Results results = Results.load(folder);
    figures.put("ceilings", results.ceilings());
    figures.put("results", Results.FILE);
    String summary = summary(results, torch.isEmpty());
    return Outcome.of(
        ending.well() && count(results, Contestant.OURS) > 0,
        ending.well() ? summary : summary + "; then " + ending.text(),
        figures);
  }

  private Ending measure(Path folder, boolean beside, Duration limit)
      throws IOException, InterruptedException {
    Duration fifth = limit.dividedBy(5);
    Duration margin =
        Collections.min(List.of(MOST_MARGIN, Collections.max(List.of(LEAST_MARGIN, fifth))));
    long budget = Math.max(1, limit.minus(margin).toSeconds());
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--device",
                setting.device(),
                "--seconds",
                Long.toString(budget),
                "--out",
                folder.toString()));
    if (setting.quick()) {
      arguments.add("--quick");
    }
    if (beside) {
      arguments.addAll(List.of("--python", setting.bundle().python().toString()));
    }
    return setting
        .java(
            setting.log(name()),
            List.of(),
            Benchmarks.class.getName(),
            arguments.toArray(String[]::new))
        .run(limit);
  }

  /** How many cases of how many were measured, and beside whom. */
  private static String summary(Results results, boolean alone) {
    Set<String> peers =
        results.rows().stream()
            .flatMap(row -> row.turns().keySet().stream())
            .filter(name -> !name.equals(Contestant.OURS))
            .collect(Collectors.toCollection(TreeSet::new));
    String text =
        count(results, Contestant.OURS) + " of " + results.rows().size() + " cases measured";
    if (peers.isEmpty()) {
      return text + (alone ? ", alone: python3 has no torch" : ", alone");
    }
    return text
        + peers.stream().map(name -> "; " + beside(results, name)).collect(Collectors.joining());
  }

  private static long count(Results results, String contestant) {
    return results.rows().stream().filter(row -> row.turns().containsKey(contestant)).count();
  }

  /** As in "pytorch in 40, slower in 31": how many cases it has too, and where ours is faster. */
  private static String beside(Results results, String peer) {
    List<Row> both =
        results.rows().stream()
            .filter(
                row -> row.turns().containsKey(peer) && row.turns().containsKey(Contestant.OURS))
            .toList();
    long slower = both.stream().filter(row -> time(row, Contestant.OURS) < time(row, peer)).count();
    return String.format(Locale.ROOT, "%s in %d, slower in %d", peer, both.size(), slower);
  }

  private static double time(Row row, String contestant) {
    return row.median(contestant).orElseThrow();
  }
}
