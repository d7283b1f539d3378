package dev.surprisal.train;

/** Epochs for the tests of what reports them. */
final class EpochMetricsSamples {
  private EpochMetricsSamples() {}

  /** An epoch of 10 steps; the losses fall. */
  static EpochMetrics epoch(long epoch) {
    return withValidLoss(epoch, 2.5 / epoch);
  }

  static EpochMetrics withoutValidation(long epoch) {
    return withValidLoss(epoch, Double.NaN);
  }

  private static EpochMetrics withValidLoss(long epoch, double validLoss) {
    double trainLoss = 2.25 / epoch;
    double perplexity = Math.exp(Double.isNaN(validLoss) ? trainLoss : validLoss);
    return new EpochMetrics(
        epoch, 10 * epoch, trainLoss, validLoss, perplexity, 1e5 / 3, 0.1 * epoch, true);
  }
}
