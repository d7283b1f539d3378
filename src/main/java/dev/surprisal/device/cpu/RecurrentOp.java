package dev.surprisal.device.cpu;

import dev.surprisal.device.Cell;
import dev.surprisal.device.Device;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;

/**
 * A recurrent layer: one product for the input of all steps, then the steps. Sequences of a batch
 * do not depend on one another, so a chunk takes a few of them through all steps at once and no
 * thread waits for another between steps.
 */
final class RecurrentOp implements CpuTask, AutoCloseable {
  private final Workers workers;
  private final MatrixProduct product;
  private final Transpose transpose;
  private final Workspace workspace;
  private final Workspace biasWorkspace;
  private final RecurrentChunks chunks = new RecurrentChunks();
  private final Floats transposed = new Floats();
  private final Floats initialState = new Floats();
  private final SequenceRows reserve = new SequenceRows();
  private final SequenceRows output = new SequenceRows();
  private final Floats finalState = new Floats();
  private float[] bias = new float[0];
  private float[] otherBias = new float[0];
  private CellStep step;
  private int steps;
  private int gates;
  private int hidden;

  RecurrentOp(Device device, Workers workers, MatrixProduct product) {
    this.workers = workers;
    this.product = product;
    this.transpose = new Transpose(workers);
    this.workspace = new Workspace(device);
    this.biasWorkspace = new Workspace(device);
  }

  void run(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState newInitialState,
      Tensor newReserve,
      Tensor newOutput,
      RecurrentState newFinalState) {
    int batch = Math.toIntExact(newOutput.shape().size(0));
    steps = Math.toIntExact(newOutput.shape().size(1));
    hidden = Math.toIntExact(newOutput.shape().size(2));
    gates = Math.toIntExact(newReserve.shape().size(2));
    if (batch == 0) {
      return;
    }
    product.transposedB(
        input,
        weights.weightIh(),
        sumOfBiases(weights),
        newReserve,
        batch * (long) steps,
        gates,
        weights.weightIh().shape().size(1));
    Tensor matrix = workspace.matrix(hidden, gates);
    transpose.run(weights.weightHh(), matrix);
    step = CellStep.of(cell);
    transposed.set(matrix);
    initialState.set(newInitialState.hidden());
    reserve.set(newReserve);
    output.set(newOutput);
    finalState.set(newFinalState.hidden());
    workers.run(this, chunks.cut(batch));
  }

  private Tensor sumOfBiases(RecurrentWeights weights) {
    if (bias.length != gates) {
      bias = new float[gates];
      otherBias = new float[gates];
    }
    weights.biasIh().read(bias);
    weights.biasHh().read(otherBias);
    VectorMath.add(bias, otherBias, 0, gates);
    Tensor sum = biasWorkspace.matrix(1, gates);
    sum.write(bias);
    return sum;
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunks.first(chunk);
    int rows = chunks.rows(chunk);
    long place = first * (long) hidden;
    float[] state = scratch.block(0, rows * hidden);
    initialState.read(place, state, 0, rows * hidden);
    for (int t = 0; t < steps; t++) {
      RecurrentChunks.product(
          rows,
          gates,
          hidden,
          t == 0 ? initialState.address(place) : output.address(first, t - 1),
          t == 0 ? hidden : output.pitch(),
          transposed.address(0),
          reserve.address(first, t),
          reserve.pitch(),
          scratch);
      step.forward(reserve, first, rows, t, state, scratch);
      output.write(first, t, rows, state);
    }
    finalState.write(place, state, 0, rows * hidden);
  }

  @Override
  public void close() {
    workspace.close();
    biasWorkspace.close();
  }
}
