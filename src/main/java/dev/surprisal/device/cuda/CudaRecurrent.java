package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn_backward;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn_workspace;

import dev.surprisal.device.Cell;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.ProductShape.Form;

/**
 * A recurrent layer of tanh cells: matrix products for all steps at once, kernels for the steps.
 */
final class CudaRecurrent {
  private final CudaDevice device;
  private final Products products;
  private final ProductShape shape = new ProductShape();

  CudaRecurrent(CudaDevice device, Products products) {
    this.device = device;
    this.products = products;
  }

  void forward(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    long batch = output.shape().size(0);
    long window = output.shape().size(1);
    int hidden = CudaKernels.toInt("recurrent", "a hidden size", output.shape().size(2));
    long embed = input.shape().size(2);
    long rows = batch * window;
    long scratch =
        device
            .workspace()
            .reserve(
                Math.max(
                    products.workspace(rows, hidden, embed),
                    surprisal_rnn_workspace(batch, window, hidden)));
    products.run(
        "recurrent",
        shape(Form.NT, rows, hidden, embed, false, false),
        device.address(input),
        device.address(weights.weightIh()),
        0,
        device.address(output),
        scratch);
    CudaKernels.check(
        "recurrent",
        surprisal_rnn(
            device.address(weights.weightHh()),
            device.address(weights.biasIh()),
            device.address(weights.biasHh()),
            device.address(initialState.hidden()),
            device.address(output),
            device.address(finalState.hidden()),
            scratch,
            batch,
            window,
            hidden,
            device.stream()));
  }

  void backward(
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
      RecurrentState gradInitialState) {
    String operation = "recurrent backward";
    long batch = output.shape().size(0);
    long window = output.shape().size(1);
    int hidden = CudaKernels.toInt(operation, "a hidden size", output.shape().size(2));
    long embed = input.shape().size(2);
    long rows = batch * window;
    long states = Workspace.aligned(4 * rows * hidden);
    long previous =
        device.workspace().reserve(states + backwardWorkspace(batch, window, hidden, embed));
    long scratch = previous + states;
    reserve.copyFrom(gradOutput);
    long gradient = device.address(reserve);
    CudaKernels.check(
        operation,
        surprisal_rnn_backward(
            device.address(weights.weightHh()),
            device.address(initialState.hidden()),
            device.address(output),
            hidden(gradFinalState),
            gradient,
            previous,
            hidden(gradInitialState),
            scratch,
            batch,
            window,
            hidden,
            device.stream()));
    products.run(
        operation,
        shape(Form.TN, hidden, hidden, rows, false, accumulate),
        gradient,
        previous,
        0,
        device.address(gradWeights.weightHh()),
        scratch);
    products.run(
        operation,
        shape(Form.TN, hidden, embed, rows, false, accumulate),
        gradient,
        device.address(input),
        0,
        device.address(gradWeights.weightIh()),
        scratch);
    CudaKernels.check(
        operation,
        surprisal_column_sums(
            gradient,
            device.address(gradWeights.biasIh()),
            device.address(gradWeights.biasHh()),
            scratch,
            rows,
            hidden,
            accumulate ? 1 : 0,
            device.stream()));
    if (gradInput != null) {
      products.run(
          operation,
          shape(Form.NN, rows, embed, hidden, false, false),
          gradient,
          device.address(weights.weightIh()),
          0,
          device.address(gradInput),
          scratch);
    }
  }

  private long hidden(RecurrentState state) {
    return device.address(state == null ? null : state.hidden());
  }

  private long backwardWorkspace(long batch, long window, int hidden, long embed) {
    long rows = batch * window;
    long bytes = surprisal_rnn_workspace(batch, window, hidden);
    bytes = Math.max(bytes, surprisal_column_sums_workspace(rows, hidden));
    bytes = Math.max(bytes, products.workspace(hidden, hidden, rows));
    bytes = Math.max(bytes, products.workspace(hidden, embed, rows));
    return Math.max(bytes, products.workspace(rows, embed, hidden));
  }

  private ProductShape shape(
      Form form, long m, long n, long k, boolean biased, boolean accumulating) {
    return shape.set(form, m, n, k, biased, accumulating, device.tf32());
  }
}
