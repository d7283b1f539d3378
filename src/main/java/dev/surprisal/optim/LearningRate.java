package dev.surprisal.optim;

/** The check of a learning rate, which devices store as a float. */
final class LearningRate {
  private LearningRate() {}

  static void require(double rate) {
    if (!((float) rate > 0 && Float.isFinite((float) rate))) {
      throw new IllegalArgumentException(
          "training takes a learning rate above 0 and finite as a float, found " + rate);
    }
  }
}
