package dev.surprisal.device;

/**
 * The loss operations of a device. The rules of {@link Kernels} on operands, errors and the order
 * of sums hold here too.
 *
 * <p>Losses are in nats. N rows of logits of V classes belong to N of M tokens, see {@link
 * LossRows}; z are a row's logits after {@link LossOptions}, q = softmax(z), lse(z) = log Σ_v
 * exp(z[v]).
 */
public interface LossKernels {
  /**
   * Sums the weights of target classes: the divisor of a mean over tokens.
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param classes V
   * @param ignoreIndex a target of weight 0
   * @param classWeights [V], or null for 1 each
   * @param sum [1]
   */
  void targetWeight(Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum);

  /**
   * Reduces losses: total = Σ losses / divisor, or 0 if the divisor is 0.
   *
   * @param losses any number of losses
   * @param divisor [1], or null for 1
   * @param total [1]
   */
  void reduceLosses(Tensor losses, Tensor divisor, Tensor total);

  /**
   * Computes cross-entropy against target classes: w·(lse(z) − z[t]) with t = targets[n] and w =
   * classWeights[t]; with label smoothing ε, PyTorch's (1 − ε)·w·(lse(z) − z[t]) + ε/V·Σ_v
   * classWeights[v]·(lse(z) − z[v]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param options ignore index, smoothing and class weights
   * @param rows logits and results
   */
  void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows);

  /**
   * Computes cross-entropy against target distributions p: H(p, q) = −Σ_v classWeights[v]·p[v]·log
   * q[v]. The ignore index is unused.
   *
   * @param probabilities p, [N, V], row by row with the logits; each row is 0 or more and sums to 1
   *     within 1e-3
   * @param options ignore index, smoothing and class weights
   * @param rows logits and results
   */
  void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows);

  /**
   * Computes cross-entropy against sparse distributions: class ids[n, k] has probabilities[n, k],
   * and the rest of the probability is spread evenly over the V − K other classes.
   *
   * @param ids [M, K], INT32, in [0, V), those of a token all different; K in [1, V]
   * @param probabilities [M, K], 0 or more, of sum at most 1 within 1e-3, and of sum 1 if K is V
   * @param rows logits and results
   */
  void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows);

  /**
   * Computes focal loss (Lin et al. 2017): w·(1 − q[t])^γ·(lse(z) − z[t]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param ignoreIndex a target without a loss
   * @param classWeights w, [V], or null for 1 each
   * @param gamma γ, 0 or more
   * @param rows logits and results
   */
  void focal(Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows);

  /**
   * Computes cross-entropy plus α times the unlikelihood of candidates (Welleck et al. 2019):
   * lse(z) − z[t] − α·Σ_c log(1 − q[c]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param candidates c, [M, K], INT32, below V; negative ones, the target itself and repetitions
   *     within a row are skipped
   * @param ignoreIndex a target without a loss
   * @param alpha α, 0 or more
   * @param rows logits and results
   */
  void unlikelihood(Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows);

  /**
   * Computes distillation (Hinton et al. 2015): weight·T²·D(softmax(y / T), softmax(z / T)) + (1 −
   * weight)·(lse(z) − z[t]), with teacher's logits y and temperature T.
   *
   * @param teacher y, [N, V], row by row with the logits
   * @param targets t, M elements, in [0, V) or the ignore index; may be null if the weight is 1
   * @param options divergence, temperature, weight
   * @param rows logits and results
   */
  void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows);

  /**
   * Finds the most probable classes of each row; among equal ones the lower class comes first.
   *
   * @param logits [N, V]; −∞ masks a class, but not all of a row; no NaN and no +∞
   * @param ids [N, K], INT32, in order of falling probability; K in [1, V]
   * @param logProbabilities [N, K], their log q with q = softmax(logits)
   */
  void topK(Tensor logits, Tensor ids, Tensor logProbabilities);

  /**
   * Computes the logarithm of softmax into some columns of a wider matrix: output[n, first + v] =
   * log q[v] + offsets[n, column], with q = softmax(logits[n]).
   *
   * @param logits [N, K], K 1 or more
   * @param offsets [N, any], or null for zeros
   * @param column the column of the offsets
   * @param output [N, V], with V at least first + K; may be the logits
   * @param first the first column to write
   */
  void logSoftmax(Tensor logits, Tensor offsets, long column, Tensor output, long first);

  /**
   * Draws classes with replacement from a distribution P, by the alias method (Walker 1977, Vose
   * 1991) or log-uniformly, P(v) = log((v + 2) / (v + 1)) / log(V + 1). Sample i is a pure function
   * of seed, sequence and i, the same on every device.
   *
   * @param thresholds [V], in [0, 1]; null to draw log-uniformly
   * @param aliases [V], INT32, in [0, V); null to draw log-uniformly
   * @param classes V
   * @param seed the key of the random numbers
   * @param sequence [1], INT64: their stream; the device increments it
   * @param samples any number of samples, INT32
   */
  void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples);

  /**
   * Computes one logit per row: logits[n] = weight[targets[n]]·hidden[n] + bias[targets[n]].
   *
   * @param weights [V, H] and [V]
   * @param hidden [N, H]
   * @param targets N elements, in [0, V)
   * @param logits [N]
   */
  void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits);

  /**
   * Computes the gradients of {@link #targetLogits}: gradHidden[n] +=
   * gradLogits[n]·weight[targets[n]], and gradRows[n] = gradLogits[n]·hidden[n], for row targets[n]
   * of the weight.
   *
   * @param weights as given to {@link #targetLogits}
   * @param hidden as given to {@link #targetLogits}
   * @param targets as given to {@link #targetLogits}
   * @param gradLogits [N]
   * @param gradHidden [N, H]; the gradients are added to it
   * @param gradRows [N, H]
   */
  void targetLogitsBackward(
      LinearWeights weights,
      Tensor hidden,
      Tensor targets,
      Tensor gradLogits,
      Tensor gradHidden,
      Tensor gradRows);

  /**
   * Computes sampled softmax or noise-contrastive estimation from the logits of targets and
   * samples.
   *
   * @param kind the loss
   * @param targets N elements, in [0, V)
   * @param rows the other operands
   */
  void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows);

  /**
   * Computes a loss of n-best lists: their risk (Shen et al. 2016) or the ranking of their pairs,
   * and the gradient of the mean over all lists with respect to the losses of tokens.
   *
   * <p>The device checks starts, lengths, lists and costs before it follows them. It rejects a
   * sequence that is empty, overlaps the previous one or ends beyond M, a list of fewer than two
   * sequences, lists that do not cover all sequences, and a cost that is not finite.
   *
   * @param losses of tokens, [M]
   * @param sequences the tokens of each sequence, the sequences of each list, and their costs
   * @param options kind and constants
   * @param scores [S], the log-probability of each sequence, divided by its length if normalised
   * @param listLosses [L]
   * @param gradLosses [M], another tensor than the losses; 0 for tokens of no sequence
   */
  void sequenceLoss(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses);
}
