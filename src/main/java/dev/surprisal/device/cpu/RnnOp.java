package dev.surprisal.device.cpu;

import dev.surprisal.device.Device;
import dev.surprisal.device.RnnWeights;
import dev.surprisal.device.Tensor;

/**
 * The tanh recurrent layer: one product for the input of all steps, then the steps. Sequences of a
 * batch do not depend on one another, so a chunk takes a few of them through all steps at once and
 * no thread waits for another between steps.
 */
final class RnnOp implements CpuTask, AutoCloseable {
  private final Workers workers;
  private final MatrixProduct product;
  private final Transpose transpose;
  private final Workspace workspace;
  private final Workspace biasWorkspace;
  private final RecurrentChunks chunks = new RecurrentChunks();
  private final Floats transposed = new Floats();
  private final Floats initialState = new Floats();
  private final Floats output = new Floats();
  private final Floats finalState = new Floats();
  private float[] bias = new float[0];
  private float[] otherBias = new float[0];
  private int steps;
  private int hidden;

  RnnOp(Device device, Workers workers, MatrixProduct product) {
    this.workers = workers;
    this.product = product;
    this.transpose = new Transpose(workers);
    this.workspace = new Workspace(device);
    this.biasWorkspace = new Workspace(device);
  }

  void run(
      RnnWeights weights,
      Tensor input,
      Tensor newInitialState,
      Tensor newOutput,
      Tensor newFinalState) {
    int batch = Math.toIntExact(newOutput.shape().size(0));
    steps = Math.toIntExact(newOutput.shape().size(1));
    hidden = Math.toIntExact(newOutput.shape().size(2));
    if (batch == 0) {
      return;
    }
    product.transposedB(
        input,
        weights.weightIh(),
        sumOfBiases(weights),
        newOutput,
        batch * (long) steps,
        hidden,
        weights.weightIh().shape().size(1));
    Tensor matrix = workspace.matrix(hidden, hidden);
    transpose.run(weights.weightHh(), matrix);
    transposed.set(matrix);
    initialState.set(newInitialState);
    output.set(newOutput);
    finalState.set(newFinalState);
    workers.run(this, chunks.cut(batch));
  }

  private Tensor sumOfBiases(RnnWeights weights) {
    if (bias.length != hidden) {
      bias = new float[hidden];
      otherBias = new float[hidden];
    }
    weights.biasIh().read(bias);
    weights.biasHh().read(otherBias);
    VectorMath.add(bias, otherBias, 0, hidden);
    Tensor sum = biasWorkspace.matrix(1, hidden);
    sum.write(bias);
    return sum;
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunks.first(chunk);
    int rows = chunks.rows(chunk);
    int sequence = steps * hidden;
    float[] state = scratch.block(0, rows * hidden);
    for (int t = 0; t < steps; t++) {
      long now = first * (long) sequence + t * (long) hidden;
      long previous =
          t == 0 ? initialState.address(first * (long) hidden) : output.address(now - hidden);
      RecurrentChunks.product(
          rows,
          hidden,
          previous,
          t == 0 ? hidden : sequence,
          transposed.address(0),
          output.address(now),
          sequence,
          scratch);
      for (int row = 0; row < rows; row++) {
        output.read(now + row * (long) sequence, state, row * hidden, hidden);
      }
      VectorMath.tanh(state, rows * hidden, scratch);
      for (int row = 0; row < rows; row++) {
        output.write(now + row * (long) sequence, state, row * hidden, hidden);
      }
    }
    finalState.write(first * (long) hidden, state, 0, rows * hidden);
  }

  @Override
  public void close() {
    workspace.close();
    biasWorkspace.close();
  }
}
