package dev.surprisal.train;

/**
 * How a model is trained. Made by {@link #builder}.
 *
 * @param batch B, how many windows a step takes, 1 or more
 * @param window T, how many tokens back the gradient goes (truncated backpropagation), 1 or more
 * @param shuffled whether windows are drawn in random order, each from a zero state; if not, a
 *     batch is B streams through the text whose states are carried from window to window
 * @param learningRate Adam's, above 0
 * @param clip the largest gradient norm; 0 for no clipping
 * @param epochs how many times through the training text, 1 or more
 * @param steps how many steps instead of epochs; 0 to go by epochs
 * @param patience how many epochs without a lower validation loss end the run; 0 for no such end
 * @param seed of the order of shuffled windows
 * @param loss what is minimised
 */
public record TrainingOptions(
    int batch,
    int window,
    boolean shuffled,
    double learningRate,
    double clip,
    long epochs,
    long steps,
    int patience,
    long seed,
    LossSpec loss) {
  /**
   * Checks the options.
   *
   * @param batch B, how many windows a step takes, 1 or more
   * @param window T, how many tokens back the gradient goes, 1 or more
   * @param shuffled whether windows are drawn in random order
   * @param learningRate Adam's, above 0
   * @param clip the largest gradient norm; 0 for no clipping
   * @param epochs how many times through the training text, 1 or more
   * @param steps how many steps instead of epochs; 0 to go by epochs
   * @param patience how many epochs without a lower validation loss end the run; 0 for no such end
   * @param seed of the order of shuffled windows
   * @param loss what is minimised
   * @throws IllegalArgumentException if one is outside its range
   */
  public TrainingOptions {
    require(batch >= 1, "a batch of 1 or more", batch);
    require(window >= 1, "a window of 1 or more", window);
    require((long) batch * window <= 1 << 24, "batch × window up to 2^24", (long) batch * window);
    require(
        (float) learningRate > 0 && Float.isFinite((float) learningRate),
        "a learning rate above 0 and finite as a float",
        learningRate);
    require(clip >= 0 && Double.isFinite(clip), "a finite clipping norm of 0 or more", clip);
    require(epochs >= 1, "1 epoch or more", epochs);
    require(steps >= 0, "0 steps (go by epochs) or more", steps);
    require(patience >= 0, "a patience of 0 (none) or more", patience);
  }

  private static void require(boolean holds, String expected, Number found) {
    if (!holds) {
      throw new IllegalArgumentException("training takes " + expected + ", found " + found);
    }
  }

  /**
   * Starts from the defaults: batch 32, window 64, carried state, learning rate 2e-3, no clipping,
   * 10 epochs, no patience, seed 1, cross-entropy.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Collects options by name. */
  public static final class Builder {
    private int batch = 32;
    private int window = 64;
    private boolean shuffled;
    private double learningRate = 2e-3;
    private double clip;
    private long epochs = 10;
    private long steps;
    private int patience;
    private long seed = 1;
    private LossSpec loss = LossSpec.CROSS_ENTROPY;

    private Builder() {}

    /**
     * Sets how many windows a step takes.
     *
     * @param value B
     * @return this builder
     */
    public Builder batch(int value) {
      batch = value;
      return this;
    }

    /**
     * Sets how many tokens back the gradient goes.
     *
     * @param value T
     * @return this builder
     */
    public Builder window(int value) {
      window = value;
      return this;
    }

    /**
     * Draws windows in random order, each from a zero state.
     *
     * @param value whether to
     * @return this builder
     */
    public Builder shuffled(boolean value) {
      shuffled = value;
      return this;
    }

    /**
     * Sets Adam's learning rate.
     *
     * @param value above 0
     * @return this builder
     */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /**
     * Sets the largest gradient norm.
     *
     * @param value 0 for no clipping
     * @return this builder
     */
    public Builder clip(double value) {
      clip = value;
      return this;
    }

    /**
     * Sets how many times training goes through the text.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder epochs(long value) {
      epochs = value;
      return this;
    }

    /**
     * Sets how many steps training takes, whatever the epochs.
     *
     * @param value 0 to go by epochs
     * @return this builder
     */
    public Builder steps(long value) {
      steps = value;
      return this;
    }

    /**
     * Stops after epochs that brought no lower validation loss.
     *
     * @param value how many; 0 for no such end
     * @return this builder
     */
    public Builder patience(int value) {
      patience = value;
      return this;
    }

    /**
     * Sets the seed of shuffling.
     *
     * @param value any
     * @return this builder
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Sets what is minimised.
     *
     * @param value the loss
     * @return this builder
     */
    public Builder loss(LossSpec value) {
      loss = value;
      return this;
    }

    /**
     * The options.
     *
     * @return checked
     * @throws IllegalArgumentException if one is outside its range
     */
    public TrainingOptions build() {
      return new TrainingOptions(
          batch, window, shuffled, learningRate, clip, epochs, steps, patience, seed, loss);
    }
  }
}
