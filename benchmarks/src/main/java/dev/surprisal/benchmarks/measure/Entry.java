package dev.surprisal.benchmarks.measure;

import java.util.Set;

/**
 * A case on a list.
 *
 * @param group the table that it belongs to, as in {@link Row}
 * @param which the case
 * @param peers those that are measured in it, beside ours; all that are here if there is none
 */
public record Entry(String group, Case which, Set<String> peers) {
  /** Beside all peers that are here. */
  public Entry(String group, Case which) {
    this(group, which, Set.of());
  }

  boolean asks(String contestant) {
    return peers.isEmpty() || contestant.equals(Contestant.OURS) || peers.contains(contestant);
  }
}
