package dev.surprisal.optim;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Parameters;

/**
 * Adam (Kingma and Ba 2015) as torch.optim.Adam, with gradients clipped by their global norm as
 * torch.nn.utils.clip_grad_norm_ does. Step number, learning rate and norm live on the device.
 */
public final class Adam implements AutoCloseable {
  private final Arena arena;
  private final AdamTensors tensors;
  private final AdamOptions options;

  /**
   * An optimiser at step 0.
   *
   * @param parameters what it trains
   * @param learningRate above 0 and finite; PyTorch's default is 1e-3
   * @param options constants; a finite {@code maxNorm} clips
   * @throws IllegalArgumentException if the learning rate is not above 0 and finite
   */
  public Adam(Parameters parameters, double learningRate, AdamOptions options) {
    check(learningRate);
    this.options = options;
    arena = new Arena(parameters.device());
    long size = parameters.values().elements();
    boolean clips = options.maxNorm() != Double.POSITIVE_INFINITY;
    try {
      tensors =
          new AdamTensors(
              parameters.values(),
              parameters.gradients(),
              arena.allocate(DType.FLOAT32, size),
              arena.allocate(DType.FLOAT32, size),
              arena.allocate(DType.INT32, 1),
              arena.allocate(DType.FLOAT32, 1),
              clips ? arena.allocate(DType.FLOAT32, 1) : null);
      learningRate(learningRate);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /**
   * Sets the learning rate from the next step on.
   *
   * @param learningRate above 0 and finite, also as a float
   * @throws IllegalArgumentException if it is not
   */
  public void learningRate(double learningRate) {
    check(learningRate);
    tensors.learningRate().write((float) learningRate);
  }

  private static void check(double learningRate) {
    float rate = (float) learningRate;
    if (!(rate > 0 && rate < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a learning rate is above 0 and finite as a float, found " + learningRate);
    }
  }

  /** Moves the parameters by one step. */
  public void step() {
    Device device = arena.device();
    if (tensors.gradientNorm() != null) {
      device.kernels().gradientNorm(tensors.gradients(), tensors.gradientNorm());
    }
    device.kernels().adam(tensors, options);
  }

  /**
   * The running mean of the gradients, PyTorch's {@code exp_avg}.
   *
   * @return flat, laid out as the parameters
   */
  public Tensor firstMoments() {
    return tensors.firstMoments();
  }

  /**
   * The running mean of the squared gradients, PyTorch's {@code exp_avg_sq}.
   *
   * @return flat, laid out as the parameters
   */
  public Tensor secondMoments() {
    return tensors.secondMoments();
  }

  /**
   * The number of steps done.
   *
   * @return [1], INT32
   */
  public Tensor stepCount() {
    return tensors.step();
  }

  @Override
  public void close() {
    arena.close();
  }
}
