package dev.surprisal.benchmarks.peers;

/** Thrown when a peer's process gave no answer and has ended. */
final class PeerFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final boolean hung;

  private PeerFailure(String message, boolean hung) {
    super(message);
    this.hung = hung;
  }

  static PeerFailure ended(String message) {
    return new PeerFailure(message, false);
  }

  static PeerFailure hung(String message) {
    return new PeerFailure(message, true);
  }

  /** Whether it would have gone on for ever, for all that is known. */
  boolean hung() {
    return hung;
  }
}
