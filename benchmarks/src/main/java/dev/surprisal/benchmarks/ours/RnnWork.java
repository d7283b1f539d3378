package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.Cell;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;

/** A tanh recurrent layer forward, or forward and backward. */
final class RnnWork implements Work {
  private final Kernels kernels;
  private final RecurrentWeights weights;
  private final Tensor input;
  private final RecurrentState state;
  private final Tensor reserve;
  private final Tensor output;
  private final RecurrentState finalState;
  private final Backward backward;

  private record Backward(
      RecurrentWeights gradients, Tensor gradOutput, Tensor gradInput, RecurrentState gradState) {
    Backward(Operands operands, long batch, long window, long hidden) {
      this(
          new RecurrentWeights(
              operands.room(DType.FLOAT32, hidden, hidden),
              operands.room(DType.FLOAT32, hidden, hidden),
              operands.room(DType.FLOAT32, hidden),
              operands.room(DType.FLOAT32, hidden)),
          operands.uniform(DType.FLOAT32, -0.01f, 0.01f, batch, window, hidden),
          operands.room(DType.FLOAT32, batch, window, hidden),
          new RecurrentState(operands.room(DType.FLOAT32, batch, hidden)));
    }
  }

  RnnWork(Operands operands, Case which, boolean training) {
    long batch = which.size("B");
    long window = which.size("T");
    long hidden = which.size("H");
    kernels = operands.device().kernels();
    weights =
        new RecurrentWeights(
            operands.weight(DType.FLOAT32, hidden, hidden),
            operands.weight(DType.FLOAT32, hidden, hidden),
            operands.weight(DType.FLOAT32, 1, hidden).view(hidden),
            operands.weight(DType.FLOAT32, 1, hidden).view(hidden));
    input = operands.uniform(DType.FLOAT32, -1, 1, batch, window, hidden);
    state = new RecurrentState(operands.uniform(DType.FLOAT32, -1, 1, batch, hidden));
    reserve = operands.room(DType.FLOAT32, batch, window, hidden);
    output = operands.room(DType.FLOAT32, batch, window, hidden);
    finalState = new RecurrentState(operands.room(DType.FLOAT32, batch, hidden));
    backward = training ? new Backward(operands, batch, window, hidden) : null;
  }

  @Override
  public void run(int i) {
    kernels.recurrent(Cell.TANH, weights, input, state, reserve, output, finalState);
    if (backward != null) {
      kernels.recurrentBackward(
          Cell.TANH,
          weights,
          input,
          state,
          output,
          backward.gradOutput,
          null,
          false,
          reserve,
          backward.gradients,
          backward.gradInput,
          backward.gradState);
    }
  }

  @Override
  public void close() {}
}
