package dev.surprisal.device.cpu;

/** A set of classes that is cleared in constant time. */
final class Classes {
  private int[] rounds = new int[0];
  private int round;

  /** Clears the set, for classes below a number. */
  void clear(int classes) {
    if (rounds.length < classes || ++round == 0) {
      rounds = new int[Math.max(rounds.length, classes)];
      round = 1;
    }
  }

  /** Adds a class; returns whether it was new. */
  boolean add(int v) {
    boolean missing = rounds[v] != round;
    rounds[v] = round;
    return missing;
  }
}
