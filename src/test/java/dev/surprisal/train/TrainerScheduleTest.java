package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.optim.AdamSpec;
import dev.surprisal.optim.Schedule;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A learning rate that changes from step to step. */
class TrainerScheduleTest {
  private static final long SAME = 10;

  @TempDir Path texts;
  @TempDir Path folder;

  /** 5e-3 for some steps, and then lower from step to step. */
  record Falling(long constant) implements Schedule {
    @Override
    public double rate(long step) {
      return 5e-3 / Math.max(1, step - constant + 2);
    }
  }

  private static TrainingOptions options(Schedule schedule) {
    TrainingOptions given = SmallRun.OPTIONS;
    return new TrainingOptions(
        given.batching(),
        new AdamSpec(schedule, AdamOptions.DEFAULT),
        given.stopping(),
        given.loss());
  }

  private Map<Long, Double> losses(SmallRun run) throws IOException {
    try (run) {
      run.train();
      return run.recorder.losses;
    }
  }

  @Test
  void each_step_has_its_rate_and_a_resumed_run_has_those_of_one_that_is_not() throws IOException {
    try (Corpus corpus = SmallCorpus.markov(texts)) {
      TrainingOptions falling = options(new Falling(SAME));
      Map<Long, Double> whole = losses(new SmallRun(corpus, falling, null));
      Map<Long, Double> constant =
          losses(new SmallRun(corpus, options(new Schedule.Constant(5e-3)), null));
      // The loss of a step comes before its update.
      for (long step = 1; step <= SAME + 1; step++) {
        assertEquals(constant.get(step), whole.get(step));
      }
      assertNotEquals(constant.get(SAME + 2), whole.get(SAME + 2));
      Map<Long, Double> parts = losses(new SmallRun(corpus, falling, folder).stopAfter(SAME + 7));
      parts.putAll(losses(SmallRun.resumed(corpus, falling, folder, 1)));
      assertEquals(whole, parts);
    }
  }
}
