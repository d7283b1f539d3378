package dev.surprisal.device;

/**
 * Further results of a loss, computed in the same pass; each is [M] or null.
 *
 * @param logSumExp lse(z), FLOAT32
 * @param logProbability log q of the target, 0 where ignored, FLOAT32; only where targets are
 *     classes
 * @param entropy H(q) in nats, FLOAT32
 * @param correct 1 if the target is the argmax, else 0, FLOAT32; only where targets are classes
 * @param argmax the lowest class with the largest logit, INT32
 */
public record LossStatistics(
    Tensor logSumExp, Tensor logProbability, Tensor entropy, Tensor correct, Tensor argmax) {
  /** No further results. */
  public static final LossStatistics NONE = new LossStatistics(null, null, null, null, null);
}
