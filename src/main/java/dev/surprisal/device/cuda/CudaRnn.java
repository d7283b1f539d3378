package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn_backward;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_rnn_workspace;

import dev.surprisal.device.RnnWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.ProductShape.Form;

/** The tanh recurrent layer: products for all steps at once, and kernels for the steps. */
final class CudaRnn {
  private final CudaDevice device;
  private final Products products;
  private final ProductShape shape = new ProductShape();

  CudaRnn(CudaDevice device, Products products) {
    this.device = device;
    this.products = products;
  }

  void forward(
      RnnWeights weights, Tensor input, Tensor initialState, Tensor output, Tensor finalState) {
    long batch = output.shape().size(0);
    long window = output.shape().size(1);
    int hidden = CudaKernels.toInt("rnn", "a hidden size", output.shape().size(2));
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
        "rnn",
        shape(Form.NT, rows, hidden, embed, false, false),
        device.address(input),
        device.address(weights.weightIh()),
        0,
        device.address(output),
        scratch);
    CudaKernels.check(
        "rnn",
        surprisal_rnn(
            device.address(weights.weightHh()),
            device.address(weights.biasIh()),
            device.address(weights.biasHh()),
            device.address(initialState),
            device.address(output),
            device.address(finalState),
            scratch,
            batch,
            window,
            hidden,
            device.stream()));
  }

  void backward(
      RnnWeights weights,
      Tensor input,
      Tensor initialState,
      Tensor output,
      Tensor gradOutput,
      Tensor gradFinalState,
      boolean accumulate,
      RnnWeights gradWeights,
      Tensor gradInput,
      Tensor gradInitialState) {
    String operation = "rnn backward";
    long batch = output.shape().size(0);
    long window = output.shape().size(1);
    int hidden = CudaKernels.toInt(operation, "a hidden size", output.shape().size(2));
    long embed = input.shape().size(2);
    long rows = batch * window;
    long states = Workspace.aligned(4 * rows * hidden);
    long previous =
        device.workspace().reserve(states + backwardWorkspace(batch, window, hidden, embed));
    long scratch = previous + states;
    long gradient = device.address(gradOutput);
    CudaKernels.check(
        operation,
        surprisal_rnn_backward(
            device.address(weights.weightHh()),
            device.address(initialState),
            device.address(output),
            device.address(gradFinalState),
            gradient,
            previous,
            device.address(gradInitialState),
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
