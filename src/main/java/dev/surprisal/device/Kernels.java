package dev.surprisal.device;

/**
 * What a device must be able to compute, in operations as large as a device can profit from.
 *
 * <p>N tokens, V vocabulary, E embedding size, H hidden size, B batch, T window; N = B·T where both
 * occur. Tensors are FLOAT32 unless said otherwise; token ids and targets are INT32. Arguments come
 * in the order weights, inputs, options, outputs. Where a parameter is called optional, null leaves
 * that output out. Gradients of parameters are added to what is there if {@code accumulate} is
 * true, and overwrite it if not.
 *
 * <p>Every operation throws {@link IllegalArgumentException} for a shape, type, device or value
 * that does not fit and {@link IllegalStateException} for a closed tensor, before it writes
 * anything. What only the device can see, a token outside the vocabulary for example, is thrown at
 * the next call that waits for the device; until then no operation writes anything. Sums have a
 * fixed order: the same inputs give the same bits.
 */
public interface Kernels {
  /**
   * Fills a tensor with uniform random numbers from Philox4x32-10 (Salmon et al. 2011): element i
   * is a pure function of seed, stream and i, on every device.
   *
   * @param low the smallest value
   * @param high the bound above, above {@code low} and not reached
   * @param seed the key
   * @param stream numbers of different streams are independent
   * @param output any shape
   */
  void uniform(float low, float high, long seed, long stream, Tensor output);

  /**
   * Fills a tensor with normal random numbers: Box–Muller over the numbers of {@link #uniform}.
   *
   * @param mean the mean
   * @param deviation the standard deviation, 0 or more
   * @param seed the key
   * @param stream numbers of different streams are independent
   * @param output any shape
   */
  void normal(float mean, float deviation, long seed, long stream, Tensor output);

  /**
   * Dropout: output = input · 1 / (1 − probability) where the number that {@link #uniform} gives
   * for the element in [0, 1) is at least {@code probability}, else 0. The gradient is the same
   * function of the output's gradient.
   *
   * @param input any shape
   * @param probability of a 0, in [0, 1]
   * @param seed the key
   * @param sequence [1], INT64: the stream of the random numbers, read on the device
   * @param output of as many elements; may be the input itself
   */
  void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output);

  /**
   * Converts between FLOAT32 and BFLOAT16: to the nearest number, ties to even, and what is too
   * large to an infinity; a NaN stays one. Back it is exact.
   *
   * @param source any shape, FLOAT32 or BFLOAT16
   * @param target of as many elements, of the other of the two types
   */
  void convert(Tensor source, Tensor target);

  /**
   * Gathers rows: output[n] = weight[rows[n]], as an embedding does.
   *
   * @param weight [V, E], FLOAT32 or BFLOAT16
   * @param rows N elements, in [0, V), INT32
   * @param output [N, E], of the weight's type
   */
  void gatherRows(Tensor weight, Tensor rows, Tensor output);

  /**
   * Scatters and adds rows, the gradient of {@link #gatherRows}: gradWeight[v] is the sum of
   * gradOutput[n] over all n with rows[n] = v.
   *
   * @param rows N elements, in [0, V), INT32
   * @param gradOutput [N, E]
   * @param paddingIndex a row that gets no gradient; −1 for none
   * @param accumulate whether to add to what gradWeight holds
   * @param gradWeight [V, E]
   */
  void addRows(
      Tensor rows, Tensor gradOutput, int paddingIndex, boolean accumulate, Tensor gradWeight);

  /**
   * Runs a recurrent layer over a whole sequence. The {@link Cell} defines the formula of a step
   * and G, its number of gates.
   *
   * @param cell what a step computes
   * @param weights the parameters
   * @param input x, [B, T, E]
   * @param initialState the state before the first step
   * @param reserve [B, T, G·H]; receives what {@link #recurrentBackward} needs
   * @param output h, [B, T, H]
   * @param finalState the state after the last step; other tensors than the initial state's
   */
  void recurrent(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState);

  /**
   * Computes the gradients of {@link #recurrent}, back through all T steps. Overwrites the reserve,
   * so one forward pass serves one backward pass; reads all other inputs only.
   *
   * @param cell as given to the forward pass
   * @param weights the parameters
   * @param input as given to the forward pass
   * @param initialState as given to the forward pass
   * @param output as the forward pass left it
   * @param gradOutput [B, T, H]
   * @param gradFinalState the gradient of the final state, or null for zeros
   * @param accumulate whether to add to the parameters' gradients
   * @param reserve as the forward pass left it; is overwritten with the gradient before the gates'
   *     activations
   * @param gradWeights the parameters' gradients
   * @param gradInput [B, T, E], optional
   * @param gradInitialState the gradient of the initial state, optional
   */
  void recurrentBackward(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor output,
      Tensor gradOutput,
      RecurrentState gradFinalState,
      boolean accumulate,
      Tensor reserve,
      RecurrentWeights gradWeights,
      Tensor gradInput,
      RecurrentState gradInitialState);

  /**
   * A linear layer: output = input · weightᵀ + bias. Of BFLOAT16 operands the exact values are
   * multiplied and summed in float32.
   *
   * @param weight [V, H], FLOAT32 or BFLOAT16
   * @param bias [V], or null for zeros
   * @param input N·H elements, of the weight's type
   * @param output N·V elements
   */
  void linear(Tensor weight, Tensor bias, Tensor input, Tensor output);

  /**
   * The gradients of {@link #linear}; all are FLOAT32, whatever the weight is, so that a gradient
   * to which many parts are added loses none of them.
   *
   * @param weight [V, H], FLOAT32 or BFLOAT16
   * @param input N·H elements, of the weight's type
   * @param gradOutput N·V elements
   * @param accumulate whether to add to the parameters' gradients
   * @param gradWeight [V, H]
   * @param gradBias [V], optional
   * @param gradInput N·H elements, optional
   */
  void linearBackward(
      Tensor weight,
      Tensor input,
      Tensor gradOutput,
      boolean accumulate,
      Tensor gradWeight,
      Tensor gradBias,
      Tensor gradInput);

  /**
   * The operations that losses are made of.
   *
   * @return the same object at every call
   */
  LossKernels losses();

  /**
   * The Euclidean norm over all gradients.
   *
   * @param gradients [P]
   * @param norm [1]
   */
  void gradientNorm(Tensor gradients, Tensor norm);

  /**
   * One step of Adam over all parameters, gradients clipped on the fly.
   *
   * @param tensors what it reads and writes
   * @param options constants
   */
  void adam(AdamTensors tensors, AdamOptions options);

  /**
   * Draws one token a row from softmax(logits).
   *
   * @param logits [N, V]; −∞ masks a class, but not all of a row; neither NaN nor +∞
   * @param options how
   * @param seed the key of the random numbers
   * @param counter which draw this is; another counter draws independently
   * @param tokens N elements, INT32
   */
  void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens);
}
