package dev.surprisal.train;

/** Thrown when the loss or a parameter becomes NaN or infinite; earlier checkpoints stay. */
public final class NonFiniteLossException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** From 1. */
  private final long step;

  NonFiniteLossException(String what, long step, String kept) {
    super(
        what
            + " at step "
            + step
            + "; "
            + kept
            + "; try a lower learning rate or a smaller clipping norm");
    this.step = step;
  }

  /**
   * Returns the step whose loss or parameters are not finite.
   *
   * @return from 1
   */
  public long step() {
    return step;
  }
}
