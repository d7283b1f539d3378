package dev.surprisal.train;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.loss.AdaptiveLoss;
import dev.surprisal.loss.Reduction;
import dev.surprisal.nn.AdaptiveSoftmax;
import dev.surprisal.nn.HeadConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The loss of a model with an adaptive softmax.
 *
 * @param head the last layer that it needs
 * @param chunkRows rows of logits at a time; 0 for the standard size
 */
record AdaptiveStart(HeadConfig.Adaptive head, int chunkRows) implements TokenLossSpec.Start {
  static AdaptiveStart of(LossValues values) {
    List<Integer> cutoffs = new ArrayList<>();
    try {
      for (String cutoff : values.text("cutoffs").split("\\+", -1)) {
        cutoffs.add(Integer.valueOf(cutoff));
      }
    } catch (NumberFormatException e) {
      throw values.refused("cutoffs", "integers joined by + as in 2000+10000");
    }
    return new AdaptiveStart(
        new HeadConfig.Adaptive(cutoffs, values.number("div"), values.flag("bias")),
        values.integer("chunk", 0));
  }

  @Override
  public TokenObjective start(LossContext context) {
    return new ClusterObjective(
        new AdaptiveLoss(
            (AdaptiveSoftmax) context.network().head(),
            context.tokens(),
            CrossEntropyOptions.DEFAULT_IGNORE_INDEX,
            Reduction.MEAN,
            chunkRows));
  }
}
