package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_column_sums_workspace;

import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.ProductShape.Form;

/** The linear layer: matrix products, and column sums for the gradient of the bias. */
final class CudaLinear {
  private final CudaDevice device;
  private final Products products;
  private final ProductShape shape = new ProductShape();

  CudaLinear(CudaDevice device, Products products) {
    this.device = device;
    this.products = products;
  }

  void forward(Tensor weight, Tensor bias, Tensor input, Tensor output) {
    long outputs = weight.shape().size(0);
    long inputs = weight.shape().size(1);
    long rows = input.elements() / inputs;
    products.run(
        "linear",
        shape(Form.NT, rows, outputs, inputs, bias != null, false)
            .types(input.type(), weight.type()),
        device.address(input),
        device.address(weight),
        device.address(bias),
        device.address(output),
        device.workspace().reserve(products.workspace(rows, outputs, inputs)));
  }

  void backward(
      Tensor weight,
      Tensor input,
      Tensor gradOutput,
      boolean accumulate,
      Tensor gradWeight,
      Tensor gradBias,
      Tensor gradInput) {
    String operation = "linear backward";
    long outputs = weight.shape().size(0);
    long inputs = weight.shape().size(1);
    long rows = input.elements() / inputs;
    long bytes = surprisal_column_sums_workspace(rows, outputs);
    bytes = Math.max(bytes, products.workspace(outputs, inputs, rows));
    bytes = Math.max(bytes, products.workspace(rows, inputs, outputs));
    long scratch = device.workspace().reserve(bytes);
    products.run(
        operation,
        shape(Form.TN, outputs, inputs, rows, false, accumulate).types(DType.FLOAT32, input.type()),
        device.address(gradOutput),
        device.address(input),
        0,
        device.address(gradWeight),
        scratch);
    if (gradBias != null) {
      CudaKernels.check(
          operation,
          surprisal_column_sums(
              device.address(gradOutput),
              device.address(gradBias),
              0,
              scratch,
              rows,
              outputs,
              accumulate ? 1 : 0,
              device.stream()));
    }
    if (gradInput != null) {
      products.run(
          operation,
          shape(Form.NN, rows, inputs, outputs, false, false).types(DType.FLOAT32, weight.type()),
          device.address(gradOutput),
          device.address(weight),
          0,
          device.address(gradInput),
          scratch);
    }
  }

  private ProductShape shape(
      Form form, long m, long n, long k, boolean biased, boolean accumulating) {
    return shape.set(form, m, n, k, biased, accumulating, device.tf32());
  }
}
