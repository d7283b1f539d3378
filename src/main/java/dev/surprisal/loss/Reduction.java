package dev.surprisal.loss;

/** What becomes of the losses of single tokens. */
public enum Reduction {
  /** They are left as they are. */
  NONE,
  /** Their sum. */
  SUM,
  /**
   * Their sum over the sum of the class weights of the targets, as in PyTorch; where nothing is
   * counted, because every target is ignored or of weight 0 or the batch is empty, it is 0 and not
   * 0/0.
   */
  MEAN
}
