package dev.surprisal.benchmarks.measure;

/** Something that is measured beside others: ours, or a peer. Used by one thread. */
public interface Contestant extends AutoCloseable {
  /** The name of ours in all results. */
  String OURS = "surprisal";

  /** As in {@code pytorch}; the same in every run. */
  String name();

  /**
   * Measures itself. Nothing of one case is left on the device when it returns.
   *
   * @param which case
   * @param effort how long to take
   * @return a turn, or why it has none
   */
  Answer time(Case which, Effort effort);

  /** Ends it, with its process if it has one; a second call does nothing. */
  @Override
  void close();
}
