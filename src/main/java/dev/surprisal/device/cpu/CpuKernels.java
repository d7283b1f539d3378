package dev.surprisal.device.cpu;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Cell;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;

/** The CPU's operations: one object each, because starting one must not allocate. */
final class CpuKernels implements Kernels, AutoCloseable {
  private final RandomOp random;
  private final DropoutOp dropout;
  private final ConvertOp convert;
  private final GatherRowsOp gatherRows;
  private final AddRowsOp addRows;
  private final MatrixProduct product;
  private final RecurrentOp recurrent;
  private final RecurrentBackwardOp recurrentBackward;
  private final CpuLosses losses;
  private final GradientNormOp gradientNorm;
  private final AdamOp adam;
  private final SampleOp sample;

  CpuKernels(CpuDevice device, Workers workers) {
    random = new RandomOp(workers);
    dropout = new DropoutOp(workers);
    convert = new ConvertOp(workers);
    gatherRows = new GatherRowsOp(workers);
    addRows = new AddRowsOp(workers);
    product = new MatrixProduct(workers);
    recurrent = new RecurrentOp(device, workers, product);
    recurrentBackward = new RecurrentBackwardOp(device, workers, product);
    losses = new CpuLosses(workers);
    gradientNorm = new GradientNormOp(workers);
    adam = new AdamOp(workers);
    sample = new SampleOp(workers);
  }

  @Override
  public void uniform(float low, float high, long seed, long stream, Tensor output) {
    random.uniform(low, high, seed, stream, output);
  }

  @Override
  public void normal(float mean, float deviation, long seed, long stream, Tensor output) {
    random.normal(mean, deviation, seed, stream, output);
  }

  @Override
  public void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output) {
    dropout.run(input, probability, seed, sequence, output);
  }

  @Override
  public void convert(Tensor source, Tensor target) {
    convert.run(source, target);
  }

  @Override
  public void gatherRows(Tensor weight, Tensor rows, Tensor output) {
    gatherRows.run(weight, rows, output);
  }

  @Override
  public void addRows(
      Tensor rows, Tensor gradOutput, int paddingIndex, boolean accumulate, Tensor gradWeight) {
    addRows.run(rows, gradOutput, paddingIndex, accumulate, gradWeight);
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
    recurrent.run(cell, weights, input, initialState, reserve, output, finalState);
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
    recurrentBackward.run(
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
    long outputs = weight.shape().size(0);
    long inputs = weight.shape().size(1);
    product.transposedB(input, weight, bias, output, input.elements() / inputs, outputs, inputs);
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
    long outputs = weight.shape().size(0);
    long inputs = weight.shape().size(1);
    long rows = input.elements() / inputs;
    product.transposedA(gradOutput, input, gradBias, gradWeight, outputs, inputs, rows, accumulate);
    if (gradInput != null) {
      product.plain(gradOutput, weight, gradInput, rows, inputs, outputs);
    }
  }

  @Override
  public LossKernels losses() {
    return losses;
  }

  @Override
  public void gradientNorm(Tensor gradients, Tensor norm) {
    gradientNorm.run(gradients, norm);
  }

  @Override
  public void adam(AdamTensors tensors, AdamOptions options) {
    adam.run(tensors, options);
  }

  @Override
  public void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens) {
    sample.run(logits, options, seed, counter, tokens);
  }

  @Override
  public void close() {
    recurrent.close();
    recurrentBackward.close();
  }
}
