package dev.surprisal.device;

/**
 * What a device must be able to compute for losses; the rest is in {@link Kernels}, whose rules on
 * operands, errors and the order of sums hold here too.
 *
 * <p>Losses are in nats. N rows of logits of V classes belong to N of M tokens, see {@link
 * LossRows}; z are a row's logits after {@link LossOptions}, q = softmax(z), lse(z) = log Σ_v
 * exp(z[v]).
 */
public interface LossKernels {
  /**
   * Sums the weights of target classes: what a mean over tokens divides by.
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param classes V
   * @param ignoreIndex a target that counts nothing
   * @param classWeights [V], or null for 1 each
   * @param sum [1]
   */
  void targetWeight(Tensor targets, long classes, int ignoreIndex, Tensor classWeights, Tensor sum);

  /**
   * Reduces losses: total = Σ losses / divisor, and 0 where the divisor is 0.
   *
   * @param losses any number
   * @param divisor [1], or null for 1
   * @param total [1]
   */
  void reduceLosses(Tensor losses, Tensor divisor, Tensor total);

  /**
   * Cross-entropy against target classes: w·(lse(z) − z[t]) with t = targets[n] and w =
   * classWeights[t]; with label smoothing ε, PyTorch's (1 − ε)·w·(lse(z) − z[t]) + ε/V·Σ_v
   * classWeights[v]·(lse(z) − z[v]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param options how
   * @param rows logits and results
   */
  void crossEntropy(Tensor targets, CrossEntropyOptions options, LossRows rows);

  /**
   * Cross-entropy against target distributions p: H(p, q) = −Σ_v classWeights[v]·p[v]·log q[v]. The
   * ignore index takes no part.
   *
   * @param probabilities p, [N, V], row by row with the logits; each row is 0 or more and sums to 1
   *     within 1e-3
   * @param options how
   * @param rows logits and results
   */
  void crossEntropySoft(Tensor probabilities, CrossEntropyOptions options, LossRows rows);

  /**
   * Cross-entropy against sparse distributions: class ids[n, k] has probabilities[n, k], and what
   * is missing to 1 is spread evenly over the V − K other classes.
   *
   * @param ids [M, K], INT32, in [0, V), those of a token all different; K in [1, V]
   * @param probabilities [M, K], 0 or more, of sum at most 1 within 1e-3, and of sum 1 if K is V
   * @param rows logits and results
   */
  void crossEntropySparse(Tensor ids, Tensor probabilities, LossRows rows);

  /**
   * Focal loss (Lin et al. 2017): w·(1 − q[t])^γ·(lse(z) − z[t]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param ignoreIndex a target that takes no part
   * @param classWeights w, [V], or null for 1 each
   * @param gamma γ, 0 or more
   * @param rows logits and results
   */
  void focal(Tensor targets, int ignoreIndex, Tensor classWeights, float gamma, LossRows rows);

  /**
   * Cross-entropy plus α times the unlikelihood of candidates (Welleck et al. 2019): lse(z) − z[t]
   * − α·Σ_c log(1 − q[c]).
   *
   * @param targets M elements, in [0, V) or the ignore index
   * @param candidates c, [M, K], INT32, below V; what is negative, the target itself, and what
   *     stands further left in the row already count nothing
   * @param ignoreIndex a target that takes no part
   * @param alpha α, 0 or more
   * @param rows logits and results
   */
  void unlikelihood(Tensor targets, Tensor candidates, int ignoreIndex, float alpha, LossRows rows);

  /**
   * Distillation (Hinton et al. 2015): weight·T²·D(softmax(y / T), softmax(z / T)) + (1 −
   * weight)·(lse(z) − z[t]), with teacher's logits y and temperature T.
   *
   * @param teacher y, [N, V], row by row with the logits
   * @param targets t, M elements, in [0, V) or the ignore index; may be null if the weight is 1
   * @param options divergence, temperature, weight
   * @param rows logits and results
   */
  void divergence(Tensor teacher, Tensor targets, DivergenceOptions options, LossRows rows);

  /**
   * The most probable classes of each row, of equal ones the lower first.
   *
   * @param logits [N, V]; −∞ masks a class, but not all of a row; neither NaN nor +∞
   * @param ids [N, K], INT32, falling by probability; K in [1, V]
   * @param logProbabilities [N, K], their log q with q = softmax(logits)
   */
  void topK(Tensor logits, Tensor ids, Tensor logProbabilities);

  /**
   * The logarithm of softmax, in some columns of a wider matrix: output[n, first + v] = log q[v] +
   * offsets[n, column], with q = softmax(logits[n]).
   *
   * @param logits [N, K], K 1 or more
   * @param offsets [N, any], or null for zeros
   * @param column which of their columns
   * @param output [N, V], with V at least first + K; may be the logits
   * @param first where the columns begin that are written
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
   * @param sequence [1], INT64: their stream; is raised by one on the device
   * @param samples any number, INT32
   */
  void drawClasses(
      Tensor thresholds, Tensor aliases, long classes, long seed, Tensor sequence, Tensor samples);

  /**
   * One logit a row: logits[n] = weight[targets[n]]·hidden[n] + bias[targets[n]].
   *
   * @param weights [V, H] and [V]
   * @param hidden [N, H]
   * @param targets N elements, in [0, V)
   * @param logits [N]
   */
  void targetLogits(LinearWeights weights, Tensor hidden, Tensor targets, Tensor logits);

  /**
   * The gradients of {@link #targetLogits}: gradHidden[n] += gradLogits[n]·weight[targets[n]], and
   * gradRows[n] = gradLogits[n]·hidden[n], which belongs to row targets[n] of the weight.
   *
   * @param weights as given to {@link #targetLogits}
   * @param hidden as given there
   * @param targets as given there
   * @param gradLogits [N]
   * @param gradHidden [N, H]; is added to
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
   * Sampled softmax or noise-contrastive estimation from the logits of targets and of samples.
   *
   * @param kind which
   * @param targets N elements, in [0, V)
   * @param rows what it reads and writes
   */
  void sampledLoss(SampledLoss kind, Tensor targets, SampledRows rows);

  /**
   * What an n-best list is judged by: its risk (Shen et al. 2016) or the ranking of its pairs, and
   * the gradient of the mean over all lists with respect to the losses of tokens.
   *
   * <p>The device itself looks at starts, lengths, lists and costs before it reads what they point
   * to: a sequence that is empty, overlaps the one before or ends beyond M, a list of fewer than
   * two sequences, lists that are not all of them, and a cost that is not finite are refused as any
   * value that only the device sees.
   *
   * @param losses of tokens, [M]
   * @param sequences which tokens make a sequence and which sequences a list, and what they cost
   * @param options how
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
