package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.RnnWeights;
import dev.surprisal.device.Tensor;

/**
 * A tanh recurrent layer forward, or forward and backward. What arrives from above is overwritten
 * by the backward pass, so each run begins that with a copy; its time counts.
 */
final class RnnWork implements Work {
  private final Kernels kernels;
  private final RnnWeights weights;
  private final Tensor input;
  private final Tensor state;
  private final Tensor output;
  private final Tensor finalState;
  private final Backward backward;

  private record Backward(
      RnnWeights gradients,
      Tensor arriving,
      Tensor gradOutput,
      Tensor gradInput,
      Tensor gradState) {
    Backward(Operands operands, long batch, long window, long hidden) {
      this(
          new RnnWeights(
              operands.room(DType.FLOAT32, hidden, hidden),
              operands.room(DType.FLOAT32, hidden, hidden),
              operands.room(DType.FLOAT32, hidden),
              operands.room(DType.FLOAT32, hidden)),
          operands.uniform(DType.FLOAT32, -0.01f, 0.01f, batch, window, hidden),
          operands.room(DType.FLOAT32, batch, window, hidden),
          operands.room(DType.FLOAT32, batch, window, hidden),
          operands.room(DType.FLOAT32, batch, hidden));
    }
  }

  RnnWork(Operands operands, Case which, boolean training) {
    long batch = which.size("B");
    long window = which.size("T");
    long hidden = which.size("H");
    kernels = operands.device().kernels();
    weights =
        new RnnWeights(
            operands.weight(DType.FLOAT32, hidden, hidden),
            operands.weight(DType.FLOAT32, hidden, hidden),
            operands.weight(DType.FLOAT32, 1, hidden).view(hidden),
            operands.weight(DType.FLOAT32, 1, hidden).view(hidden));
    input = operands.uniform(DType.FLOAT32, -1, 1, batch, window, hidden);
    state = operands.uniform(DType.FLOAT32, -1, 1, batch, hidden);
    output = operands.room(DType.FLOAT32, batch, window, hidden);
    finalState = operands.room(DType.FLOAT32, batch, hidden);
    backward = training ? new Backward(operands, batch, window, hidden) : null;
  }

  @Override
  public void run(int i) {
    kernels.rnn(weights, input, state, output, finalState);
    if (backward != null) {
      backward.gradOutput.copyFrom(backward.arriving);
      kernels.rnnBackward(
          weights,
          input,
          state,
          output,
          backward.gradOutput,
          null,
          false,
          backward.gradients,
          backward.gradInput,
          backward.gradState);
    }
  }

  @Override
  public void close() {}
}
