package dev.surprisal.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.benchmarks.suite.Outcome.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a Java that is a script, with losses that fall from 4 by 1% a step, 1120 tokens a millisecond.
 */
class TrainStageTest {
  @TempDir Path folder;

  @BeforeEach
  void name_the_commit() throws IOException {
    Files.createDirectories(folder.resolve("bundle"));
    Files.writeString(folder.resolve("bundle/commit"), "0123456\n");
  }

  /** With a condition and an action of awk on step and loss, for the GPU alone. */
  private Outcome run(String onGpu) throws IOException, InterruptedException {
    FakeBundle.script(
        folder.resolve("bundle/runtime/bin/java"),
        """
        case "$*" in
          *" cuda:0 "*) change='%s' ;;
          *) change= ;;
        esac
        awk 'BEGIN {
          for (step = 1; step <= 60; step++) {
            loss = 4 * 0.99 ^ step
            '"$change"'
            printf "{\\"device\\":\\"x\\",\\"step\\":%%d,\\"loss\\":%%s,\\"tokens\\":1120,\\"ms\\":%%d}\\n", step, loss, step
          }
        }'
        """
            .formatted(onGpu));
    return new TrainStage(FakeBundle.setting(folder)).run(Duration.ofSeconds(5));
  }

  @Test
  void losses_that_are_the_cpus_pass_and_the_rate_is_told()
      throws IOException, InterruptedException {
    Outcome outcome = run("loss *= 1 + 5e-6");
    assertEquals(Result.PASSED, outcome.result(), outcome.summary());
    assertTrue(
        outcome.summary().endsWith(" of the CPU's; 1,120,000 tokens/s, the CPU 1,120,000"),
        outcome.summary());
  }

  @Test
  void one_loss_that_is_too_far_fails_and_is_named() throws IOException, InterruptedException {
    Outcome outcome = run("if (step == 31) loss *= 1.001");
    assertEquals(Result.FAILED, outcome.result());
    assertEquals(31, outcome.figures().get("furthest_at_step"));
    assertTrue(outcome.summary().contains("(at step 31)"), outcome.summary());
  }

  @Test
  void a_loss_that_is_no_number_fails() throws IOException, InterruptedException {
    assertEquals(Result.FAILED, run("if (step == 7) loss = \"\\\"NaN\\\"\"").result());
  }

  @Test
  void a_run_that_ends_early_fails() throws IOException, InterruptedException {
    Outcome outcome = run("if (step == 20) exit");
    assertEquals(Result.FAILED, outcome.result());
    assertEquals("cuda:0 made 19 steps, not 50", outcome.summary());
  }

  @Test
  void a_run_that_hangs_fails_and_what_it_had_printed_counts()
      throws IOException, InterruptedException {
    Outcome outcome = run("if (step == 20) { fflush(); while (1) {} }");
    assertEquals(Result.FAILED, outcome.result());
    assertEquals("cuda:0: stopped at its limit of time after 19 steps", outcome.summary());
  }
}
