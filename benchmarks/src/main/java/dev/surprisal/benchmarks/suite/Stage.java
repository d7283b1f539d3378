package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.time.Duration;

/** A part of the suite. If it fails or takes too long, the others still run. */
interface Stage {
  /** As {@code --only} names it; also of its files. */
  String name();

  /**
   * Runs it in processes of its own.
   *
   * @param limit the most time that it may take
   */
  Outcome run(Duration limit) throws IOException, InterruptedException;
}
