package dev.surprisal.benchmarks.measure;

/** There is no figure for a case, for a reason that is a result in itself. */
public final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With what {@link Answer.Refusal} says. */
  public RefusedException(String why) {
    super(why);
  }
}
