package dev.surprisal.loss;

/** A value that a loss of logits computes for each token besides the loss, in the same pass. */
public enum Statistic {
  /** lse(z) = log Σ exp(z), FLOAT32. */
  LOG_SUM_EXP,
  /** The log-probability of the target, FLOAT32; 0 where ignored. */
  LOG_PROBABILITY,
  /** The entropy of the predicted distribution in nats, FLOAT32. */
  ENTROPY,
  /** 1 where the target is the most probable class, else 0, FLOAT32. */
  CORRECT,
  /** The most probable class, the lowest of several, INT32. */
  ARGMAX
}
