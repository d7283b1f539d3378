package dev.surprisal.device;

/**
 * The kernels of a device behind a check of their operands' shapes, types and places, one check for
 * all devices. An {@link IllegalArgumentException} names the operation, the operand, what was
 * expected and what was found; a closed tensor throws {@link IllegalStateException}. The device
 * checks the values of tokens, targets and the like itself.
 */
public final class CheckedKernels implements Kernels {
  private final Operands operands;
  private final Kernels delegate;
  private final LossKernels losses;

  /**
   * Creates the checked kernels of a device.
   *
   * @param device where every operand has to be
   * @param kernels runs an operation after its check
   */
  public CheckedKernels(Device device, Kernels kernels) {
    operands = new Operands(device);
    delegate = kernels;
    losses = new CheckedLossKernels(device, kernels.losses());
  }

  @Override
  public void uniform(float low, float high, long seed, long stream, Tensor output) {
    operands.floats("uniform", "output", output);
    if (!(low < high && high - low < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "uniform: expected a finite range of numbers, found [" + low + ", " + high + ")");
    }
    delegate.uniform(low, high, seed, stream, output);
  }

  @Override
  public void normal(float mean, float deviation, long seed, long stream, Tensor output) {
    operands.floats("normal", "output", output);
    if (!(Float.isFinite(mean) && deviation >= 0 && deviation < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "normal: expected a finite mean and a finite deviation of 0 or more, found "
              + mean
              + " and "
              + deviation);
    }
    delegate.normal(mean, deviation, seed, stream, output);
  }

  @Override
  public void dropout(Tensor input, float probability, long seed, Tensor sequence, Tensor output) {
    operands.floats("dropout", "input", input);
    operands.longs("dropout", "sequence", sequence);
    operands.elements("dropout", "sequence", sequence, 1);
    operands.floats("dropout", "output", output);
    operands.elements("dropout", "output", output, input.elements());
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "dropout: expected a probability in [0, 1], found " + probability);
    }
    delegate.dropout(input, probability, seed, sequence, output);
  }

  @Override
  public void convert(Tensor source, Tensor target) {
    operands.either("convert", "source", source);
    DType other = source.type() == DType.FLOAT32 ? DType.BFLOAT16 : DType.FLOAT32;
    operands.typed("convert", "target", target, other);
    operands.elements("convert", "target", target, source.elements());
    delegate.convert(source, target);
  }

  @Override
  public void gatherRows(Tensor weight, Tensor rows, Tensor output) {
    operands.eitherMatrix("gather rows", "weight", weight);
    operands.sameType("gather rows", "output", output, weight);
    rows("gather rows", weight, rows, output);
    delegate.gatherRows(weight, rows, output);
  }

  @Override
  public void addRows(
      Tensor rows, Tensor gradOutput, int paddingIndex, boolean accumulate, Tensor gradWeight) {
    operands.matrix("add rows", "weight", gradWeight);
    operands.floats("add rows", "output", gradOutput);
    rows("add rows", gradWeight, rows, gradOutput);
    delegate.addRows(rows, gradOutput, paddingIndex, accumulate, gradWeight);
  }

  private void rows(String operation, Tensor weight, Tensor rows, Tensor output) {
    operands.ints(operation, "rows", rows);
    operands.elements(operation, "output", output, rows.elements() * weight.shape().size(1));
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
    recurrent("recurrent", cell, weights, input, initialState, reserve, output, finalState);
    requireOther(initialState.hidden(), finalState.hidden());
    if (cell.states() > 1) {
      requireOther(initialState.cell(), finalState.cell());
    }
    delegate.recurrent(cell, weights, input, initialState, reserve, output, finalState);
  }

  private static void requireOther(Tensor initialState, Tensor finalState) {
    if (finalState.storage() == initialState.storage()
        && finalState.offset() == initialState.offset()
        && finalState.elements() > 0) {
      throw new IllegalArgumentException(
          "recurrent: expected a final state in other memory than the initial state,"
              + " found the same");
    }
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
    String operation = "recurrent backward";
    recurrent(operation, cell, weights, input, initialState, reserve, output, gradFinalState);
    operands.gradient(operation, "gradient of output", gradOutput, output);
    operands.gradient(
        operation, "gradient of weight_ih", gradWeights.weightIh(), weights.weightIh());
    operands.gradient(
        operation, "gradient of weight_hh", gradWeights.weightHh(), weights.weightHh());
    operands.gradient(operation, "gradient of bias_ih", gradWeights.biasIh(), weights.biasIh());
    operands.gradient(operation, "gradient of bias_hh", gradWeights.biasHh(), weights.biasHh());
    operands.gradient(operation, "gradient of input", gradInput, input);
    Shape shape = initialState.hidden().shape();
    state(
        operation,
        "gradient of initial state",
        cell,
        gradInitialState,
        shape.size(0),
        shape.size(1));
    delegate.recurrentBackward(
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

  private void recurrent(
      String operation,
      Cell cell,
      RecurrentWeights weights,
      Tensor input,
      RecurrentState initialState,
      Tensor reserve,
      Tensor output,
      RecurrentState finalState) {
    operands.matrix(operation, "weight_ih", weights.weightIh());
    long gates = weights.weightIh().shape().size(0);
    long hidden = gates / cell.gates();
    long embed = weights.weightIh().shape().size(1);
    if (hidden < 1 || embed < 1 || gates % cell.gates() != 0) {
      throw new IllegalArgumentException(
          operation
              + ": expected weight_ih of shape [G·H, E] with G = "
              + cell.gates()
              + ", H ≥ 1 and E ≥ 1, found "
              + weights.weightIh().shape());
    }
    operands.shape(operation, "weight_hh", weights.weightHh(), gates, hidden);
    operands.shape(operation, "bias_ih", weights.biasIh(), gates);
    operands.shape(operation, "bias_hh", weights.biasHh(), gates);
    if (output.shape().rank() != 3 || output.shape().size(1) < 1) {
      throw new IllegalArgumentException(
          operation + ": output has the shape [B, T, H] with T ≥ 1, found " + output.shape());
    }
    long batch = output.shape().size(0);
    long window = output.shape().size(1);
    operands.shape(operation, "output", output, batch, window, hidden);
    operands.shape(operation, "input", input, batch, window, embed);
    operands.shape(operation, "reserve", reserve, batch, window, gates);
    state(operation, "initial state", cell, initialState, batch, hidden);
    state(operation, "final state", cell, finalState, batch, hidden);
  }

  private void state(
      String operation, String operand, Cell cell, RecurrentState state, long batch, long hidden) {
    if (state != null) {
      operands.shape(operation, operand, state.hidden(), batch, hidden);
      if (cell.states() > 1) {
        operands.shape(operation, operand, state.cell(), batch, hidden);
      } else if (state.cell() != null) {
        throw new IllegalArgumentException(
            operation
                + ": expected "
                + operand
                + " of one tensor for the cell "
                + cell
                + ", found two");
      }
    }
  }

  @Override
  public void linear(Tensor weight, Tensor bias, Tensor input, Tensor output) {
    linear("linear", weight, bias, input, output);
    delegate.linear(weight, bias, input, output);
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
    linear("linear backward", weight, gradBias, input, gradOutput);
    operands.gradient("linear backward", "gradient of weight", gradWeight, weight);
    if (gradInput != null) {
      operands.floats("linear backward", "gradient of input", gradInput);
      operands.elements("linear backward", "gradient of input", gradInput, input.elements());
    }
    delegate.linearBackward(weight, input, gradOutput, accumulate, gradWeight, gradBias, gradInput);
  }

  private void linear(String operation, Tensor weight, Tensor bias, Tensor input, Tensor output) {
    operands.eitherMatrix(operation, "weight", weight);
    long outputs = weight.shape().size(0);
    long inputs = weight.shape().size(1);
    if (bias != null) {
      operands.shape(operation, "bias", bias, outputs);
    }
    operands.sameType(operation, "input", input, weight);
    operands.floats(operation, "output", output);
    if (inputs < 1) {
      throw new IllegalArgumentException(operation + ": expected a weight of at least one input");
    }
    long rows = input.elements() / inputs;
    operands.elements(operation, "input", input, rows * inputs);
    operands.elements(operation, "output", output, rows * outputs);
  }

  @Override
  public LossKernels losses() {
    return losses;
  }

  @Override
  public void gradientNorm(Tensor gradients, Tensor norm) {
    operands.floats("gradient norm", "gradients", gradients);
    operands.shape("gradient norm", "norm", norm, 1);
    delegate.gradientNorm(gradients, norm);
  }

  @Override
  public void adam(AdamTensors tensors, AdamOptions options) {
    operands.floats("Adam", "parameters", tensors.parameters());
    operands.sameShape("Adam", "gradients", tensors.gradients(), tensors.parameters());
    operands.sameShape("Adam", "first moments", tensors.firstMoments(), tensors.parameters());
    operands.sameShape("Adam", "second moments", tensors.secondMoments(), tensors.parameters());
    operands.ints("Adam", "step", tensors.step());
    operands.elements("Adam", "step", tensors.step(), 1);
    operands.shape("Adam", "learning rate", tensors.learningRate(), 1);
    if (tensors.gradientNorm() != null) {
      operands.shape("Adam", "gradient norm", tensors.gradientNorm(), 1);
    } else if (options.maxNorm() != Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("Adam: clipping needs a gradient norm, found none");
    }
    delegate.adam(tensors, options);
  }

  @Override
  public void sample(Tensor logits, SampleOptions options, long seed, long counter, Tensor tokens) {
    operands.matrix("sample", "logits", logits);
    if (logits.shape().size(1) < 1) {
      throw new IllegalArgumentException("sample: expected logits of 1 class or more, found none");
    }
    operands.ints("sample", "tokens", tokens);
    operands.elements("sample", "tokens", tokens, logits.shape().size(0));
    delegate.sample(logits, options, seed, counter, tokens);
  }
}
