package dev.surprisal.device;

/**
 * The operations of a device, each as large as a device can profit from.
 *
 * <p>N tokens, V vocabulary, E embedding size, H hidden size, B batch, T window; N = B·T where both
 * occur. Tensors are FLOAT32 unless stated otherwise; token ids and targets are INT32. Arguments
 * come in the order weights, inputs, options, outputs. An optional output may be null. If {@code
 * accumulate} is true, gradients of parameters are added to the values already there, else they
 * overwrite them.
 *
 * <p>Every operation throws {@link IllegalArgumentException} for a wrong shape, type, device or
 * value and {@link IllegalStateException} for a closed tensor, before it writes anything. An error
 * that only the device can see, such as a token outside the vocabulary, is thrown at the next call
 * that waits for the device; until then no operation writes anything. Sums have a fixed order: the
 * same inputs give the same bits.
 */
public interface Kernels {
  /**
   * Fills a tensor with uniform random numbers from Philox4x32-10 (Salmon et al. 2011): element i
   * is a pure function of seed, stream and i, on every device.
   *
   * @param low the smallest value
   * @param high the upper bound, exclusive, above {@code low}
   * @param seed the key
   * @param stream the stream; numbers of different streams are independent
   * @param output any shape
   */
  void uniform(float low, float high, long seed, long stream, Tensor output);

  /**
   * Fills a tensor with normal random numbers: Box–Muller over the numbers of {@link #uniform}.
   *
   * @param mean the mean
   * @param deviation the standard deviation, 0 or more
   * @param seed the key
   * @param stream the stream; numbers of different streams are independent
   * @param output any shape
   */
  void normal(float mean, float deviation, long seed, long stream, Tensor output);

  /**
   * Applies dropout: output = input · 1 / (1 − probability) where the number that {@link #uniform}
   * draws for the element from [0, 1) is at least {@code probability}, else 0. The gradient is the
   * same function of the output's gradient.
   *
   * @param input any shape
   * @param probability the probability of a 0, in [0, 1]
   * @param seed the key
   * @param sequence [1], INT64: the stream of the random numbers, read on the device
   * @param output of as many elements; may be the input itself
   */
  void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output);

  /**
   * Converts between FLOAT32 and BFLOAT16. To BFLOAT16 it rounds to nearest, ties to even; numbers
   * beyond its range become infinite, and a NaN stays NaN. To FLOAT32 it is exact.
   *
   * @param source any shape, FLOAT32 or BFLOAT16
   * @param target of as many elements, of the other type
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
   * Computes a linear layer: output = input · weightᵀ + bias. BFLOAT16 operands are multiplied
   * exactly and summed in float32.
   *
   * @param weight [V, H], FLOAT32 or BFLOAT16
   * @param bias [V], or null for zeros
   * @param input N·H elements, of the weight's type
   * @param output N·V elements
   */
  void linear(Tensor weight, Tensor bias, Tensor input, Tensor output);

  /**
   * Computes the gradients of {@link #linear}. They are FLOAT32 for a weight of either type, so
   * that a gradient summed from many parts loses none of them.
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
   * Returns the operations of losses.
   *
   * @return the same object at every call
   */
  LossKernels losses();

  /**
   * Computes the Euclidean norm of all gradients.
   *
   * @param gradients [P]
   * @param norm [1]
   */
  void gradientNorm(Tensor gradients, Tensor norm);

  /**
   * Computes one step of Adam for all parameters and clips the gradients in the same pass.
   *
   * @param tensors the operands
   * @param options the constants
   */
  void adam(AdamTensors tensors, AdamOptions options);

  /**
   * Draws one token per row from softmax(logits).
   *
   * @param logits [N, V]; −∞ masks a class, but not all of a row; no NaN and no +∞
   * @param options temperature and filters
   * @param seed the key of the random numbers
   * @param counter the number of the draw; draws of different numbers are independent
   * @param tokens N elements, INT32
   */
  void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens);
}
