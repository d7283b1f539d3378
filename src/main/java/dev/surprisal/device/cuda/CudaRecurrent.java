package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_recurrent;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_recurrent_backward;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_recurrent_workspace;

import dev.surprisal.device.Cell;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.ProductShape.Form;

/** A recurrent layer: matrix products for all steps at once, kernels for the steps. */
final class CudaRecurrent {
  private final CudaDevice device;
  private final Products products;
  private final ProductShape shape = new ProductShape();
  private final CudaRecurrentLayer structs;

  CudaRecurrent(CudaDevice device, Products products) {
    this.device = device;
    this.products = products;
    structs = new CudaRecurrentLayer(device);
  }

  void forward(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    String operation = "recurrent";
    int hidden = CudaKernels.toInt(operation, "a hidden size", output.shape().size(2));
    long gates = reserve.shape().size(2);
    long embed = input.shape().size(2);
    long rows = output.shape().size(0) * output.shape().size(1);
    long scratch =
        device
            .workspace()
            .reserve(
                Math.max(
                    products.workspace(rows, gates, embed),
                    surprisal_recurrent_workspace(CudaRecurrentLayer.code(cell), hidden)));
    products.run(
        operation,
        shape(Form.NT, rows, gates, embed, false, false),
        device.address(input),
        device.address(weights.weightIh()),
        0,
        device.address(reserve),
        scratch);
    CudaKernels.check(
        operation,
        surprisal_recurrent(
            structs.layer(operation, cell, weights, initialState, reserve, output, finalState),
            scratch,
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
    int hidden = CudaKernels.toInt(operation, "a hidden size", output.shape().size(2));
    long gates = reserve.shape().size(2);
    long embed = input.shape().size(2);
    long rows = output.shape().size(0) * output.shape().size(1);
    long states = Workspace.aligned(4 * rows * hidden);
    long previous =
        device.workspace().reserve(states + backwardWorkspace(cell, rows, hidden, embed));
    long scratch = previous + states;
    long gradient = device.address(reserve);
    CudaKernels.check(
        operation,
        surprisal_recurrent_backward(
            structs.layer(operation, cell, weights, initialState, reserve, output, null),
            structs.gradients(gradOutput, gradFinalState, previous, gradInitialState),
            scratch,
            device.stream()));
    products.run(
        operation,
        shape(Form.TN, gates, hidden, rows, false, accumulate),
        gradient,
        previous,
        0,
        device.address(gradWeights.weightHh()),
        scratch);
    products.run(
        operation,
        shape(Form.TN, gates, embed, rows, false, accumulate),
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
            gates,
            accumulate ? 1 : 0,
            device.stream()));
    if (gradInput != null) {
      products.run(
          operation,
          shape(Form.NN, rows, embed, gates, false, false),
          gradient,
          device.address(weights.weightIh()),
          0,
          device.address(gradInput),
          scratch);
    }
  }

  private long backwardWorkspace(Cell cell, long rows, int hidden, long embed) {
    long gates = (long) cell.gates() * hidden;
    long bytes = surprisal_recurrent_workspace(CudaRecurrentLayer.code(cell), hidden);
    bytes = Math.max(bytes, surprisal_column_sums_workspace(rows, gates));
    bytes = Math.max(bytes, products.workspace(gates, hidden, rows));
    bytes = Math.max(bytes, products.workspace(gates, embed, rows));
    return Math.max(bytes, products.workspace(rows, embed, gates));
  }

  private ProductShape shape(
      Form form, long m, long n, long k, boolean biased, boolean accumulating) {
    return shape.set(form, m, n, k, biased, accumulating, device.tf32());
  }
}
