package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own can show. */
class MainProcessTest {
  private static final Map<String, String> C_LOCALE = Map.of("LC_ALL", "C");

  @TempDir Path folder;

  @Test
  void the_exit_status_is_that_of_the_command_and_a_failure_is_one_line() throws Exception {
    assertEquals(0, run(Map.of(), "--version").status());
    assertEquals(2, run(Map.of(), "train").status());
    Cli.Result failure = run(Map.of(), "train", "--text", "none.txt", "--out", folder);
    assertEquals(1, failure.status());
    assertEquals("", failure.out());
    assertEquals(List.of("surprisal: none.txt: no such file or folder"), failure.errLines());
  }

  @Test
  void the_stack_trace_is_there_for_who_asks() throws Exception {
    Cli.Result failure =
        run(Map.of("SURPRISAL_DEBUG", "1"), "train", "--text", "none.txt", "--out", folder);
    assertEquals(1, failure.status());
    assertEquals("surprisal: none.txt: no such file or folder", failure.errLines().get(0));
    assertTrue(failure.err().contains("\tat dev.surprisal.cli."), failure.err());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void output_is_utf8_in_a_locale_that_is_not() throws Exception {
    Path text =
        Files.writeString(folder.resolve("text.txt"), "ein café und ein Straßenfest\n".repeat(20));
    Path model = TinyRun.trained(text, folder.resolve("model"), "--epochs", 1);
    Path line = Files.writeString(folder.resolve("line.txt"), "é\n");
    Cli.Result score =
        run(C_LOCALE, "score", "--model", model, "--device", "cpu", "--per-token", line);
    assertEquals(0, score.status(), score.err());
    assertTrue(score.out().contains("\té\t"), score.out());
    Path bad = Files.writeString(folder.resolve("bad.txt"), "ø\n");
    Cli.Result failure = run(C_LOCALE, "score", "--model", model, "--device", "cpu", bad);
    assertTrue(failure.err().contains("'ø' (U+00F8)"), failure.err());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void an_argument_that_the_locale_cannot_express_is_refused_with_the_remedy() throws Exception {
    // This JVM must be able to pass the argument on.
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")));
    Cli.Result result = run(C_LOCALE, "generate", "--model", folder, "--prompt", "é");
    assertEquals(1, result.status());
    assertTrue(result.err().contains("set LC_ALL=C.UTF-8"), result.err());
  }

  @Test
  void a_log_record_is_one_plain_line() throws Exception {
    Path text = TinyRun.text(folder.resolve("text.txt"), 100, 1);
    Cli.Result result =
        run(
            Map.of(),
            "train",
            "--text",
            text,
            "--out",
            folder.resolve("run"),
            "--embed",
            4,
            "--hidden",
            8,
            "--batch",
            4,
            "--window",
            8,
            "--epochs",
            1,
            "--json");
    assertEquals(0, result.status(), result.err());
    assertEquals(1, result.outLines().size());
    assertEquals(1, result.errLines().size(), "which device, and why");
    assertTrue(result.err().startsWith("surprisal: using "), result.err());
    assertFalse(result.err().contains("INFO"), result.err());
  }

  private Cli.Result run(Map<String, String> environment, Object... args)
      throws IOException, InterruptedException {
    return Fork.start(folder, environment, args).end();
  }
}
