package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;
import java.util.List;

/** Adam over one flat tensor of parameters, without clipping. */
final class AdamWork implements Work {
  private static final float LEARNING_RATE = 1e-3f;

  private final Kernels kernels;
  private final List<AdamTensors> sets;

  AdamWork(Operands operands, Case which, Rotation rotation) {
    kernels = operands.device().kernels();
    long parameters = which.size("P");
    sets =
        Operands.several(
            rotation.sets((long) which.bytes()),
            () ->
                new AdamTensors(
                    operands.uniform(DType.FLOAT32, -1, 1, parameters),
                    operands.uniform(DType.FLOAT32, -0.01f, 0.01f, parameters),
                    operands.uniform(DType.FLOAT32, -0.01f, 0.01f, parameters),
                    operands.uniform(DType.FLOAT32, 1e-6f, 1e-4f, parameters),
                    operands.ints(new int[1]),
                    learningRate(operands),
                    null));
  }

  private static Tensor learningRate(Operands operands) {
    Tensor rate = operands.room(DType.FLOAT32, 1);
    rate.write(LEARNING_RATE);
    return rate;
  }

  @Override
  public void run(int i) {
    kernels.adam(sets.get(i % sets.size()), AdamOptions.DEFAULT);
  }

  @Override
  public boolean rotates() {
    return true;
  }

  @Override
  public void close() {}
}
