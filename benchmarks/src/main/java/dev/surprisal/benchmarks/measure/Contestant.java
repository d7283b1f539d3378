package dev.surprisal.benchmarks.measure;

import java.util.Map;

/** A contestant: Surprisal or a peer. Used by one thread. */
public interface Contestant extends AutoCloseable {
  /** The name of ours in all results. */
  String OURS = "surprisal";

  /** As in {@code pytorch}; the same in every run. */
  String name();

  /** What else it was measured with, such as {@code torch} and its version; kept with results. */
  default Map<String, String> environment() {
    return Map.of();
  }

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
