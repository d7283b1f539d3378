package dev.surprisal.device.cpu;

import dev.surprisal.device.Cell;
import dev.surprisal.device.Device;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;
import java.util.Arrays;

/**
 * The gradients of a recurrent layer: back through the steps, a few sequences a chunk, then one
 * product a parameter over all steps.
 */
final class RecurrentBackwardOp implements CpuTask, AutoCloseable {
  private final Workers workers;
  private final MatrixProduct product;
  private final Workspace workspace;
  private final RecurrentChunks chunks = new RecurrentChunks();
  private final Floats weightHh = new Floats();
  private final Floats initialState = new Floats();
  private final SequenceRows output = new SequenceRows();
  private final SequenceRows previousStates = new SequenceRows();
  private final SequenceRows gradOutput = new SequenceRows();
  private final SequenceRows reserve = new SequenceRows();
  private final Floats gradFinalState = new Floats();
  private final Floats gradInitialState = new Floats();
  private CellStep step;
  private int steps;
  private int gates;
  private int hidden;

  RecurrentBackwardOp(Device device, Workers workers, MatrixProduct product) {
    this.workers = workers;
    this.product = product;
    this.workspace = new Workspace(device);
  }

  void run(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState newInitialState,
      Tensor newOutput,
      Tensor newGradOutput,
      RecurrentState newGradFinalState,
      boolean accumulate,
      Tensor newReserve,
      RecurrentWeights gradWeights,
      Tensor gradInput,
      RecurrentState newGradInitialState) {
    int batch = Math.toIntExact(newOutput.shape().size(0));
    steps = Math.toIntExact(newOutput.shape().size(1));
    hidden = Math.toIntExact(newOutput.shape().size(2));
    gates = Math.toIntExact(newReserve.shape().size(2));
    long embed = weights.weightIh().shape().size(1);
    long rows = batch * (long) steps;
    Tensor previous = workspace.matrix(rows, hidden);
    step = CellStep.of(cell);
    weightHh.set(weights.weightHh());
    initialState.set(newInitialState.hidden());
    output.set(newOutput);
    previousStates.set(previous, steps, hidden);
    gradOutput.set(newGradOutput);
    reserve.set(newReserve);
    gradFinalState.set(hidden(newGradFinalState));
    gradInitialState.set(hidden(newGradInitialState));
    workers.run(this, batch == 0 ? 0 : chunks.cut(batch));
    product.transposedA(
        newReserve,
        previous,
        gradWeights.biasHh(),
        gradWeights.weightHh(),
        gates,
        hidden,
        rows,
        accumulate);
    product.transposedA(
        newReserve,
        input,
        gradWeights.biasIh(),
        gradWeights.weightIh(),
        gates,
        embed,
        rows,
        accumulate);
    if (gradInput != null) {
      product.plain(newReserve, weights.weightIh(), gradInput, rows, embed, gates);
    }
  }

  private static Tensor hidden(RecurrentState state) {
    return state == null ? null : state.hidden();
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    int first = chunks.first(chunk);
    int rows = chunks.rows(chunk);
    int count = rows * hidden;
    long place = first * (long) hidden;
    float[] state = scratch.block(0, count);
    float[] grad = scratch.block(1, count);
    float[] later = scratch.block(2, count);
    output.read(first, steps - 1, rows, state);
    for (int t = steps - 1; t >= 0; t--) {
      gradOutput.read(first, t, rows, grad);
      if (t < steps - 1) {
        // The sum uses the memory of the previous states, which are written below.
        previousStates.write(first, t, rows, grad);
        long sum = previousStates.address(first, t);
        addFromGates(first, rows, t + 1, sum, previousStates.pitch(), scratch);
        previousStates.read(first, t, rows, grad);
      } else if (gradFinalState.present()) {
        gradFinalState.read(place, later, 0, count);
        VectorMath.add(grad, later, 0, count);
      }
      step.backward(reserve, first, rows, t, state, grad, scratch);
      if (t > 0) {
        output.read(first, t - 1, rows, state);
      } else {
        initialState.read(place, state, 0, count);
      }
      previousStates.write(first, t, rows, state);
    }
    if (gradInitialState.present()) {
      Arrays.fill(later, 0, count, 0);
      gradInitialState.write(place, later, 0, count);
      addFromGates(first, rows, 0, gradInitialState.address(place), hidden, scratch);
    }
  }

  /** Adds the gradient through a step's gates to that of the states before the step. */
  private void addFromGates(int first, int rows, int t, long target, int pitch, Scratch scratch) {
    RecurrentChunks.product(
        rows,
        hidden,
        gates,
        reserve.address(first, t),
        reserve.pitch(),
        weightHh.address(0),
        target,
        pitch,
        scratch);
  }

  @Override
  public void close() {
    workspace.close();
  }
}
