package dev.surprisal.device.cpu;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Contracts;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.RnnWeights;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;

/** The CPU's operations; one object each, since starting one must not allocate. */
final class CpuKernels implements Kernels, AutoCloseable {
  private final Contracts contracts;
  private final RandomOp random;
  private final DropoutOp dropout;
  private final ConvertOp convert;
  private final EmbeddingOp embedding;
  private final EmbeddingBackwardOp embeddingBackward;
  private final MatrixProduct product;
  private final RnnOp rnn;
  private final RnnBackwardOp rnnBackward;
  private final CpuLosses losses;
  private final GradientNormOp gradientNorm;
  private final AdamOp adam;
  private final SampleOp sample;

  CpuKernels(CpuDevice device, Workers workers) {
    contracts = new Contracts(device);
    random = new RandomOp(workers);
    dropout = new DropoutOp(workers);
    convert = new ConvertOp(workers);
    embedding = new EmbeddingOp(workers);
    embeddingBackward = new EmbeddingBackwardOp(workers);
    product = new MatrixProduct(workers);
    rnn = new RnnOp(device, workers, product);
    rnnBackward = new RnnBackwardOp(device, workers, product);
    losses = new CpuLosses(device, workers);
    gradientNorm = new GradientNormOp(workers);
    adam = new AdamOp(workers);
    sample = new SampleOp(workers);
  }

  @Override
  public void uniform(float low, float high, long seed, long stream, Tensor output) {
    contracts.uniform(low, high, output);
    random.uniform(low, high, seed, stream, output);
  }

  @Override
  public void normal(float mean, float deviation, long seed, long stream, Tensor output) {
    contracts.normal(mean, deviation, output);
    random.normal(mean, deviation, seed, stream, output);
  }

  @Override
  public void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output) {
    contracts.dropout(input, probability, sequence, output);
    dropout.run(input, probability, seed, sequence, output);
  }

  @Override
  public void convert(Tensor source, Tensor target) {
    contracts.convert(source, target);
    convert.run(source, target);
  }

  @Override
  public void embedding(Tensor weight, Tensor tokens, Tensor output) {
    contracts.embedding(weight, tokens, output);
    embedding.run(weight, tokens, output);
  }

  @Override
  public void embeddingBackward(
      Tensor tokens, Tensor gradOutput, int paddingIndex, boolean accumulate, Tensor gradWeight) {
    contracts.embeddingBackward(gradWeight, tokens, gradOutput);
    embeddingBackward.run(tokens, gradOutput, paddingIndex, accumulate, gradWeight);
  }

  @Override
  public void rnn(
      RnnWeights weights, Tensor input, Tensor initialState, Tensor output, Tensor finalState) {
    contracts.rnn(weights, input, initialState, output, finalState);
    rnn.run(weights, input, initialState, output, finalState);
  }

  @Override
  public void rnnBackward(
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
    contracts.rnnBackward(
        weights,
        input,
        initialState,
        output,
        gradOutput,
        gradFinalState,
        gradWeights,
        gradInput,
        gradInitialState);
    rnnBackward.run(
        weights,
        input,
        initialState,
        output,
        gradOutput,
        gradFinalState,
        accumulate,
        gradWeights,
        gradInput,
        gradInitialState);
  }

  @Override
  public void linear(Tensor weight, Tensor bias, Tensor input, Tensor output) {
    contracts.linear(weight, bias, input, output);
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
    contracts.linearBackward(weight, input, gradOutput, gradWeight, gradBias, gradInput);
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
    contracts.gradientNorm(gradients, norm);
    gradientNorm.run(gradients, norm);
  }

  @Override
  public void adam(AdamTensors tensors, AdamOptions options) {
    contracts.adam(tensors, options);
    adam.run(tensors, options);
  }

  @Override
  public void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens) {
    contracts.sample(logits, tokens);
    sample.run(logits, options, seed, counter, tokens);
  }

  @Override
  public void close() {
    rnn.close();
    rnnBackward.close();
  }
}
