package dev.surprisal.benchmarks.measure;

/** Thrown when a case has no figure for a reason that is a result in itself. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates one with the reason for {@link Answer.Refusal}. */
  public RefusedException(String why) {
    super(why);
  }
}
