package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.time.Duration;

/** The benchmarks, beside PyTorch where {@code python3} has it. */
record BenchStage(Setting setting) implements Stage {
  @Override
  public String name() {
    return "bench";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    return Outcome.failed("not yet");
  }
}
