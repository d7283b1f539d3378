package dev.surprisal.optim;

/**
 * The learning rate of each step. {@link Object#toString} spells a schedule; a checkpoint stores
 * that spelling, and a run resumes only with the same one.
 */
public interface Schedule {
  /**
   * Returns the learning rate of a step.
   *
   * @param step the number of steps before it, 0 or more
   * @return above 0 and finite, also as a float
   */
  double rate(long step);

  /**
   * The same learning rate at every step.
   *
   * @param value above 0 and finite, also as a float
   */
  record Constant(double value) implements Schedule {
    /**
     * Checks the learning rate.
     *
     * @param value above 0 and finite, also as a float
     * @throws IllegalArgumentException if it is not
     */
    public Constant {
      LearningRate.require(value);
    }

    @Override
    public double rate(long step) {
      return value;
    }

    @Override
    public String toString() {
      return Double.toString(value);
    }
  }
}
