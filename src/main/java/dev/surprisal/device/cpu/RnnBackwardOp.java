package dev.surprisal.device.cpu;

import dev.surprisal.device.Device;
import dev.surprisal.device.RnnWeights;
import dev.surprisal.device.Tensor;

/**
 * The gradients of the tanh recurrent layer: back through the steps, a few sequences a chunk, then
 * one product a parameter over all steps.
 */
final class RnnBackwardOp implements CpuTask, AutoCloseable {
  private final Workers workers;
  private final MatrixProduct product;
  private final Workspace workspace;
  private final RecurrentChunks chunks = new RecurrentChunks();
  private final Floats weightHh = new Floats();
  private final Floats initialState = new Floats();
  private final Floats output = new Floats();
  private final Floats previousStates = new Floats();
  private final Floats gradient = new Floats();
  private final Floats gradFinalState = new Floats();
  private final Floats gradInitialState = new Floats();
  private int steps;
  private int hidden;

  RnnBackwardOp(Device device, Workers workers, MatrixProduct product) {
    this.workers = workers;
    this.product = product;
    this.workspace = new Workspace(device);
  }

  void run(
      RnnWeights weights,
      Tensor input,
      Tensor newInitialState,
      Tensor newOutput,
      Tensor gradOutput,
      Tensor newGradFinalState,
      boolean accumulate,
      RnnWeights gradWeights,
      Tensor gradInput,
      Tensor newGradInitialState) {
    int batch = Math.toIntExact(newOutput.shape().size(0));
    steps = Math.toIntExact(newOutput.shape().size(1));
    hidden = Math.toIntExact(newOutput.shape().size(2));
    long embed = weights.weightIh().shape().size(1);
    long rows = batch * (long) steps;
    Tensor previous = workspace.matrix(rows, hidden);
    weightHh.set(weights.weightHh());
    initialState.set(newInitialState);
    output.set(newOutput);
    previousStates.set(previous);
    gradient.set(gradOutput);
    gradFinalState.set(newGradFinalState);
    gradInitialState.set(newGradInitialState);
    workers.run(this, batch == 0 ? 0 : chunks.cut(batch));
    product.transposedA(
        gradOutput,
        previous,
        gradWeights.biasHh(),
        gradWeights.weightHh(),
        hidden,
        hidden,
        rows,
        accumulate);
    product.transposedA(
        gradOutput,
        input,
        gradWeights.biasIh(),
        gradWeights.weightIh(),
        hidden,
        embed,
        rows,
        accumulate);
    if (gradInput != null) {
      product.plain(gradOutput, weights.weightIh(), gradInput, rows, embed, hidden);
    }
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunks.first(chunk);
    int rows = chunks.rows(chunk);
    int sequence = steps * hidden;
    float[] state = scratch.block(0, rows * hidden);
    float[] grad = scratch.block(1, rows * hidden);
    float[] later = scratch.block(2, rows * hidden);
    read(output, first, steps - 1, rows, state);
    for (int t = steps - 1; t >= 0; t--) {
      long now = first * (long) sequence + t * (long) hidden;
      if (t < steps - 1) {
        RecurrentChunks.product(
            rows,
            hidden,
            gradient.address(now + hidden),
            sequence,
            weightHh.address(0),
            gradient.address(now),
            sequence,
            scratch);
      }
      read(gradient, first, t, rows, grad);
      if (t == steps - 1 && gradFinalState.present()) {
        gradFinalState.read(first * (long) hidden, later, 0, rows * hidden);
        VectorMath.add(grad, later, 0, rows * hidden);
      }
      throughTanh(grad, state, rows * hidden);
      write(gradient, first, t, rows, grad);
      if (t > 0) {
        read(output, first, t - 1, rows, state);
      } else {
        initialState.read(first * (long) hidden, state, 0, rows * hidden);
      }
      write(previousStates, first, t, rows, state);
    }
    if (gradInitialState.present()) {
      java.util.Arrays.fill(later, 0, rows * hidden, 0);
      gradInitialState.write(first * (long) hidden, later, 0, rows * hidden);
      RecurrentChunks.product(
          rows,
          hidden,
          gradient.address(first * (long) sequence),
          sequence,
          weightHh.address(0),
          gradInitialState.address(first * (long) hidden),
          hidden,
          scratch);
    }
  }

  /** tanh' = 1 − tanh². */
  private static void throughTanh(float[] grad, float[] state, int count) {
    for (int i = 0; i < count; i++) {
      grad[i] *= 1 - state[i] * state[i];
    }
  }

  private void read(Floats sequences, int first, int t, int rows, float[] target) {
    for (int row = 0; row < rows; row++) {
      sequences.read(place(first + row, t), target, row * hidden, hidden);
    }
  }

  private void write(Floats sequences, int first, int t, int rows, float[] source) {
    for (int row = 0; row < rows; row++) {
      sequences.write(place(first + row, t), source, row * hidden, hidden);
    }
  }

  private long place(int sequence, int t) {
    return (sequence * (long) steps + t) * hidden;
  }

  @Override
  public void close() {
    workspace.close();
  }
}
