package dev.surprisal.loss;

/** The reduction of the losses of single tokens to one loss. */
public enum Reduction {
  /** No reduction. */
  NONE,
  /** Their sum. */
  SUM,
  /**
   * Their sum divided by the sum of the targets' class weights, as in PyTorch, or by the number of
   * tokens if targets are not classes. If the divisor is 0, because every target is ignored or of
   * weight 0 or the batch is empty, the mean is 0, not 0/0.
   */
  MEAN,
  /**
   * Their sum divided by a number of tokens that the caller sets: the mean of several batches whose
   * gradients add up.
   */
  MEAN_OF_GIVEN
}
