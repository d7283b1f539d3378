package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_BFLOAT16;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FLOAT32;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_SUCCESS;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_adam;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_adam_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_add_rows;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_add_rows_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_convert;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_dropout;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_gather_rows;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_gradient_norm;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_gradient_norm_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_message;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_normal;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sample;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_sample_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_uniform;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Cell;
import dev.surprisal.device.DType;
import dev.surprisal.device.DeviceException;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.binding.surprisal_stream;

/** Issues the kernels of {@code surprisal.h}. */
final class CudaKernels implements Kernels {
  private final CudaDevice device;
  private final CudaRecurrent recurrent;
  private final CudaLinear linear;
  private final CudaLosses losses;
  private final CudaAdamStep adamStep;

  CudaKernels(CudaDevice device, Products products) {
    this.device = device;
    recurrent = new CudaRecurrent(device, products);
    linear = new CudaLinear(device, products);
    losses = new CudaLosses(device);
    adamStep = new CudaAdamStep(device);
  }

  /** Throws the library's message if a status is not success. */
  static void check(String operation, int status) {
    if (status != SURPRISAL_SUCCESS) {
      throw new DeviceException(operation + " failed: " + surprisal_message().getString());
    }
  }

  /** Returns the library's code for FLOAT32 or BFLOAT16. */
  static int code(DType type) {
    return type == DType.BFLOAT16 ? SURPRISAL_BFLOAT16 : SURPRISAL_FLOAT32;
  }

  /** Returns a size as an int, which kernels count in. */
  static int toInt(String operation, String what, long size) {
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          operation + ": expected " + what + " below 2^31 on a GPU, found " + size);
    }
    return (int) size;
  }

  private long at(Tensor tensor) {
    return device.address(tensor);
  }

  private surprisal_stream stream() {
    return device.stream();
  }

  private long workspace(long bytes) {
    return device.workspace().reserve(bytes);
  }

  @Override
  public void uniform(float low, float high, long seed, long stream, Tensor output) {
    check(
        "uniform",
        surprisal_uniform(at(output), output.elements(), low, high, seed, stream, stream()));
  }

  @Override
  public void normal(float mean, float deviation, long seed, long stream, Tensor output) {
    check(
        "normal",
        surprisal_normal(at(output), output.elements(), mean, deviation, seed, stream, stream()));
  }

  @Override
  public void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output) {
    check(
        "dropout",
        surprisal_dropout(
            at(input), at(sequence), at(output), input.elements(), probability, seed, stream()));
  }

  @Override
  public void convert(Tensor source, Tensor target) {
    check(
        "convert",
        surprisal_convert(
            at(source),
            at(target),
            source.elements(),
            code(source.type()),
            code(target.type()),
            stream()));
  }

  @Override
  public void gatherRows(Tensor weight, Tensor rows, Tensor output) {
    check(
        "gather rows",
        surprisal_gather_rows(
            at(weight),
            at(rows),
            at(output),
            rows.elements(),
            toInt("gather rows", "a number of rows", weight.shape().size(0)),
            toInt("gather rows", "a width", weight.shape().size(1)),
            code(weight.type()),
            stream()));
  }

  @Override
  public void addRows(
      Tensor rows, Tensor gradOutput, int paddingIndex, boolean accumulate, Tensor gradWeight) {
    String operation = "add rows";
    int vocabulary = toInt(operation, "a number of rows", gradWeight.shape().size(0));
    int width = toInt(operation, "a width", gradWeight.shape().size(1));
    long count = rows.elements();
    check(
        operation,
        surprisal_add_rows(
            at(rows),
            at(gradOutput),
            at(gradWeight),
            workspace(surprisal_add_rows_workspace(count, vocabulary, width)),
            count,
            vocabulary,
            width,
            paddingIndex,
            accumulate ? 1 : 0,
            stream()));
  }

  @Override
  public void recurrent(
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    recurrent.forward(cell, weights, input, initialState, reserve, output, finalState);
  }

  @Override
  public void recurrentBackward(
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
    recurrent.backward(
        cell,
        weights,
        input,
        initialState,
        output,
        gradOutput,
        gradFinalState,
        accumulate,
        reserve,
        gradWeights,
        gradInput,
        gradInitialState);
  }

  @Override
  public void linear(Tensor weight, Tensor bias, Tensor input, Tensor output) {
    linear.forward(weight, bias, input, output);
  }

  @Override
  public void linearBackward(
      Tensor weight,
      Tensor input,
      Tensor gradOutput,
      boolean accumulate,
      Tensor gradWeight,
      Tensor gradBias,
      Tensor gradInput) {
    linear.backward(weight, input, gradOutput, accumulate, gradWeight, gradBias, gradInput);
  }

  @Override
  public LossKernels losses() {
    return losses;
  }

  @Override
  public void gradientNorm(Tensor gradients, Tensor norm) {
    check(
        "gradient norm",
        surprisal_gradient_norm(
            at(gradients),
            at(norm),
            workspace(surprisal_gradient_norm_workspace(gradients.elements())),
            gradients.elements(),
            stream()));
  }

  @Override
  public void adam(AdamTensors tensors, AdamOptions options) {
    check(
        "Adam",
        surprisal_adam(
            adamStep.of(tensors, options), workspace(surprisal_adam_workspace()), stream()));
  }

  @Override
  public void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens) {
    long rows = logits.shape().size(0);
    int classes = toInt("sample", "a number of classes", logits.shape().size(1));
    check(
        "sample",
        surprisal_sample(
            at(logits),
            at(tokens),
            workspace(surprisal_sample_workspace(rows, classes)),
            rows,
            classes,
            options.temperature(),
            options.topK(),
            options.topP(),
            seed,
            counter,
            stream()));
  }
}
