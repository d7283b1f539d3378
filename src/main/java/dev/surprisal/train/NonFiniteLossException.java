package dev.surprisal.train;

/** The loss or a parameter is no longer finite; what was saved before is still there. */
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
   * The step.
   *
   * @return from 1
   */
  public long step() {
    return step;
  }
}
