package dev.surprisal.train;

import java.util.LinkedHashMap;
import java.util.Map;

/** The progress of a run, which a checkpoint stores as metadata. */
final class Progress {
  /** Whole epochs done. */
  long epoch;

  /** Steps done in the current epoch. */
  long index;

  /** Steps done since the start. */
  long step;

  /** Sum of the losses of those {@link #index} steps. */
  double lossSum;

  /** Time that those steps took. */
  double seconds;

  /** The lowest loss after an epoch. */
  double bestLoss = Double.POSITIVE_INFINITY;

  /** Whole epochs since {@link #bestLoss}. */
  int epochsSinceBest;

  /** Ends an epoch with a loss; an epoch that lacks steps, because the run ends, can continue. */
  void endEpoch(double loss, long stepsPerEpoch) {
    boolean whole = index == stepsPerEpoch;
    epochsSinceBest = loss < bestLoss ? 0 : epochsSinceBest + (whole ? 1 : 0);
    bestLoss = Math.min(loss, bestLoss);
    if (whole) {
      epoch++;
      index = 0;
      lossSum = 0;
      seconds = 0;
    }
  }

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("epoch", Long.toString(epoch));
    metadata.put("index", Long.toString(index));
    metadata.put("step", Long.toString(step));
    metadata.put("loss_sum", Double.toString(lossSum));
    metadata.put("seconds", Double.toString(seconds));
    metadata.put("best_loss", Double.toString(bestLoss));
    metadata.put("epochs_since_best", Integer.toString(epochsSinceBest));
    return metadata;
  }

  /** Throws IllegalArgumentException if a value is missing, not a number, or inconsistent. */
  static Progress fromMetadata(Map<String, String> metadata, long stepsPerEpoch) {
    Progress progress = new Progress();
    progress.epoch = Long.parseLong(value(metadata, "epoch"));
    progress.index = Long.parseLong(value(metadata, "index"));
    progress.step = Long.parseLong(value(metadata, "step"));
    progress.lossSum = Double.parseDouble(value(metadata, "loss_sum"));
    progress.seconds = Double.parseDouble(value(metadata, "seconds"));
    progress.bestLoss = Double.parseDouble(value(metadata, "best_loss"));
    progress.epochsSinceBest = Integer.parseInt(value(metadata, "epochs_since_best"));
    if (progress.epoch < 0
        || progress.index < 0
        || progress.index > stepsPerEpoch
        || progress.step != progress.epoch * stepsPerEpoch + progress.index) {
      throw new IllegalArgumentException(
          "epoch "
              + progress.epoch
              + " and index "
              + progress.index
              + " do not add up to step "
              + progress.step
              + " at "
              + stepsPerEpoch
              + " steps per epoch");
    }
    return progress;
  }

  private static String value(Map<String, String> metadata, String key) {
    String value = metadata.get(key);
    if (value == null) {
      throw new IllegalArgumentException("no \"" + key + "\" in the checkpoint");
    }
    return value;
  }
}
