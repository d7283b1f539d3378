package dev.surprisal.device;

/** A loss over S classes sampled from a distribution P instead of all V. */
public enum SampledLoss {
  /**
   * log(e^z_t + Σ_s e^(z_s − log(S·P(s)))) − z_t over the samples s other than t (Jean et al.
   * 2015): the sum is an unbiased estimate of Σ_v e^z_v.
   */
  SOFTMAX,
  /**
   * −log σ(z_t − log(S·P(t))) − Σ_s log σ(log(S·P(s)) − z_s) (Gutmann and Hyvärinen 2010; Mnih and
   * Teh 2012): tells the target from noise.
   */
  NOISE_CONTRASTIVE
}
