package dev.surprisal.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.suite.Outcome.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a sanitizer that is a script, and runs tests that are another. */
class SanitizeStageTest {
  private static final String TWO_PASSED =
      """
      [ "$1 $2" = "--brief --json" ] || exit 2
      cat >"$3" <<'END'
      [
      {"name": "a_test.cpp:one", "status": "passed", "milliseconds": 1.250},
      {"name": "a_test.cpp:two", "status": "passed", "milliseconds": 0.125}
      ]
      END
      """;

  @TempDir Path folder;

  private Outcome run(String sanitizer, String tests) throws IOException, InterruptedException {
    FakeBundle.script(folder.resolve("bundle/native/kernel_tests"), tests);
    Path program = FakeBundle.script(folder.resolve("compute-sanitizer"), sanitizer);
    return new SanitizeStage(FakeBundle.setting(folder), Optional.of(program))
        .run(Duration.ofSeconds(8));
  }

  @Test
  void nothing_found_in_all_cases_passes() throws IOException, InterruptedException {
    Outcome outcome =
        run(
            """
            echo "========= COMPUTE-SANITIZER"
            tool=$1 && shift 3 && "$@" || exit 1
            echo "========= RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)"
            echo "========= ERROR SUMMARY: 0 errors"
            """,
            TWO_PASSED);
    assertEquals(Result.PASSED, outcome.result(), outcome.summary());
    assertEquals(
        "memcheck: nothing in 2 cases; racecheck: nothing in 2 cases;"
            + " initcheck: nothing in 2 cases; synccheck: nothing in 2 cases",
        outcome.summary());
  }

  @Test
  void a_finding_fails_it_and_is_told() throws IOException, InterruptedException {
    Outcome outcome =
        run(
            """
            tool=$1 && shift 3 && "$@" || exit 1
            [ $tool != --tool=racecheck ] || {
              echo "========= Error: Race reported between Read access at adam_kernel+0x10"
              exit 99
            }
            """,
            TWO_PASSED);
    assertEquals(Result.FAILED, outcome.result());
    assertTrue(
        outcome.summary().contains("racecheck: Error: Race reported between Read access"),
        outcome.summary());
    assertTrue(outcome.summary().contains("memcheck: nothing in 2 cases"), outcome.summary());
  }

  @Test
  void a_tool_that_is_stopped_at_its_share_has_found_nothing_so_far()
      throws IOException, InterruptedException {
    Outcome outcome =
        run(
            """
            tool=$1 && shift 3 && "$@" || exit 1
            [ $tool != --tool=initcheck ] || sleep 600
            """,
            TWO_PASSED);
    assertEquals(Result.PASSED, outcome.result(), outcome.summary());
  }

  @Test
  void a_case_that_fails_under_a_tool_fails_it() throws IOException, InterruptedException {
    Outcome outcome =
        run("shift 3; exec \"$@\"", TWO_PASSED.replaceFirst("\"passed\"", "\"failed\"") + "exit 1");
    assertEquals(Result.FAILED, outcome.result());
    assertTrue(
        outcome.summary().contains("1 cases passed, 1 failed, the first is a_test.cpp:one"),
        outcome.summary());
  }

  @Test
  void one_that_cannot_run_at_all_is_skipped_with_its_words()
      throws IOException, InterruptedException {
    Outcome outcome = run("echo '========= Error: Device not supported'; exit 1", TWO_PASSED);
    assertEquals(Result.SKIPPED, outcome.result());
    assertTrue(
        outcome.summary().startsWith("memcheck: could not run (Error: Device not supported); "),
        outcome.summary());
  }
}
