package dev.surprisal.train;

/** The check that an option of training is in its range. */
final class Require {
  private Require() {}

  static void option(boolean holds, String expected, Number found) {
    if (!holds) {
      throw new IllegalArgumentException("training takes " + expected + ", found " + found);
    }
  }
}
