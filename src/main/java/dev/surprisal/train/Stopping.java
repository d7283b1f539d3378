package dev.surprisal.train;

/**
 * When a run ends. A resumed run may change it.
 *
 * @param epochs the number of passes over the training text, 1 or more
 * @param steps the number of steps, in place of epochs; 0 to count epochs
 * @param patience the number of epochs without a lower validation loss that end the run; 0 turns
 *     this off
 */
public record Stopping(long epochs, long steps, int patience) {
  /**
   * Checks the options.
   *
   * @param epochs the number of passes over the training text, 1 or more
   * @param steps the number of steps, in place of epochs; 0 to count epochs
   * @param patience the number of epochs without a lower validation loss that end the run; 0 turns
   *     this off
   * @throws IllegalArgumentException if a value is outside its range
   */
  public Stopping {
    Require.option(epochs >= 1, "1 epoch or more", epochs);
    Require.option(steps >= 0, "0 steps (go by epochs) or more", steps);
    Require.option(patience >= 0, "a patience of 0 (none) or more", patience);
  }

  /** The number of steps after which the run ends. */
  long totalSteps(long stepsPerEpoch) {
    return steps > 0 ? steps : Math.multiplyExact(epochs, stepsPerEpoch);
  }

  /** Whether the run ends because the validation loss no longer falls. */
  boolean converged(long epochsSinceBest) {
    return patience > 0 && epochsSinceBest >= patience;
  }
}
