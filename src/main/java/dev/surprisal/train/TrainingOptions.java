package dev.surprisal.train;

import dev.surprisal.optim.OptimizerSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The options of training on a text, one record for each concern. {@link #builder} sets them by
 * name.
 *
 * @param batching how the text becomes batches
 * @param optimizer the update rule, its learning rate and gradient clipping
 * @param stopping when the run ends
 * @param loss the training loss
 */
public record TrainingOptions(
    Batching batching, OptimizerSpec optimizer, Stopping stopping, TokenLossSpec loss) {
  /**
   * Starts from the defaults: batch 32, window 64, carried state, Adam with learning rate 2e-3, no
   * clipping, 10 epochs, no patience, seed 1, cross-entropy.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What must stay the same when a run resumes, by its names in a checkpoint. Where a checkpoint
   * lacks a name, because a later version added the option, the option had its default.
   */
  Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>(batching.identity());
    identity.putAll(optimizer.identity());
    identity.put("loss", loss.toString());
    return identity;
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
    private TokenLossSpec loss = LossSpec.CROSS_ENTROPY;

    private Builder() {}

    /**
     * Sets the number of windows in a step.
     *
     * @param value B
     * @return this builder
     */
    public Builder batch(int value) {
      batch = value;
      return this;
    }

    /**
     * Sets the number of tokens that gradients go back through.
     *
     * @param value T
     * @return this builder
     */
    public Builder window(int value) {
      window = value;
      return this;
    }

    /**
     * Sets whether windows come in random order, each from a zero state.
     *
     * @param value true for random order
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
     * Sets the largest global norm of the gradients.
     *
     * @param value 0 turns clipping off
     * @return this builder
     */
    public Builder clip(double value) {
      clip = value;
      return this;
    }

    /**
     * Sets the number of passes over the training text.
     *
     * @param value 1 or more
     * @return this builder
     */
    public Builder epochs(long value) {
      epochs = value;
      return this;
    }

    /**
     * Sets the number of steps, in place of epochs.
     *
     * @param value 0 to count epochs
     * @return this builder
     */
    public Builder steps(long value) {
      steps = value;
      return this;
    }

    /**
     * Sets the number of epochs without a lower validation loss that end the run.
     *
     * @param value 0 turns this off
     * @return this builder
     */
    public Builder patience(int value) {
      patience = value;
      return this;
    }

    /**
     * Sets the seed of the random order.
     *
     * @param value any number
     * @return this builder
     */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * Sets the training loss.
     *
     * @param value a loss of tokens
     * @return this builder
     * @throws IllegalArgumentException if it is a loss of n-best lists
     */
    public Builder loss(LossSpec value) {
      if (!(value instanceof TokenLossSpec tokens)) {
        throw new IllegalArgumentException(
            "the loss "
                + value.kind().name()
                + " trains on n-best lists: use NBestTrainer, or choose a loss of tokens");
      }
      loss = tokens;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return checked options
     * @throws IllegalArgumentException if a value is outside its range
     */
    public TrainingOptions build() {
      return new TrainingOptions(
          new Batching(batch, window, shuffled, seed),
          OptimizerSpec.adam(learningRate, clip),
          new Stopping(epochs, steps, patience),
          loss);
    }
  }
}
