package dev.surprisal.optim;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adam (Kingma and Ba 2015) as torch.optim.Adam, with gradients clipped by their global norm as
 * torch.nn.utils.clip_grad_norm_ does.
 */
public final class Adam implements Optimizer {
  private final Parameters parameters;
  private final AdamOptions options;
  private final Arena arena;
  private final AdamTensors tensors;

  /**
   * Creates an optimiser at step 0.
   *
   * @param parameters the parameters that it updates
   * @param learningRate above 0 and finite, also as a float; PyTorch's default is 1e-3
   * @param options Adam's constants; a finite {@code maxNorm} clips the gradients
   * @throws IllegalArgumentException if the learning rate is not above 0 and finite
   */
  public Adam(Parameters parameters, double learningRate, AdamOptions options) {
    LearningRate.require(learningRate);
    this.parameters = parameters;
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

  @Override
  public void learningRate(double rate) {
    LearningRate.require(rate);
    tensors.learningRate().write((float) rate);
  }

  @Override
  public void step() {
    Kernels kernels = arena.device().kernels();
    if (tensors.gradientNorm() != null) {
      kernels.gradientNorm(tensors.gradients(), tensors.gradientNorm());
    }
    kernels.adam(tensors, options);
  }

  /**
   * Returns PyTorch's {@code exp_avg} and {@code exp_avg_sq} of each parameter, and the number of
   * steps done, {@code adam_step}.
   */
  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (String name : parameters.names()) {
      state.put("exp_avg." + name, parameters.slice(tensors.firstMoments(), name));
      state.put("exp_avg_sq." + name, parameters.slice(tensors.secondMoments(), name));
    }
    state.put("adam_step", tensors.step());
    return state;
  }

  @Override
  public void close() {
    arena.close();
  }
}
