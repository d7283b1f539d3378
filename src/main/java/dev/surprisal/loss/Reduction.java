package dev.surprisal.loss;

/** What becomes of the losses of single tokens. */
public enum Reduction {
  /** They are left as they are. */
  NONE,
  /** Their sum. */
  SUM,
  /**
   * Their sum over the sum of the class weights of the targets, as in PyTorch, or over the number
   * of tokens where targets are no classes; where nothing is counted, because every target is
   * ignored or of weight 0 or the batch is empty, it is 0 and not 0/0.
   */
  MEAN,
  /**
   * Their sum over a number of tokens that is given from outside: the mean of several batches whose
   * gradients add up.
   */
  MEAN_OF_GIVEN
}
