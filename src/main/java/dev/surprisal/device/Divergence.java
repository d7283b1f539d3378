package dev.surprisal.device;

/** A measure of how far a distribution q is from another, p. */
public enum Divergence {
  /** KL(p, q) = Σ p·(log p − log q): q covers all that p does. */
  KULLBACK_LEIBLER,
  /** KL(q, p): q keeps to where p is large. */
  REVERSE_KULLBACK_LEIBLER,
  /**
   * β·KL(p, m) + (1 − β)·KL(q, m) with m = β·p + (1 − β)·q (Agarwal et al. 2024): bounded, between
   * the two.
   */
  JENSEN_SHANNON
}
