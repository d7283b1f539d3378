package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.LinearWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;

/** A projection without a bias, fused with its cross-entropy, in chunks of the default size. */
final class ProjectionWork implements Work {
  private final Tensor hidden;
  private final Tensor gradHidden;
  private final Projected loss;

  ProjectionWork(Operands operands, Case which, DType type) {
    int rows = which.intSize("N");
    int width = which.intSize("H");
    int classes = which.intSize("V");
    LinearWeights weights = new LinearWeights(operands.weight(type, classes, width), null);
    LinearWeights gradients = new LinearWeights(operands.room(DType.FLOAT32, classes, width), null);
    hidden = operands.uniform(type, -1, 1, rows, width);
    gradHidden = operands.room(DType.FLOAT32, rows, width);
    CrossEntropy crossEntropy =
        new CrossEntropy(
            operands.device(), rows, classes, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
    loss =
        new Projected(
            crossEntropy,
            weights,
            gradients,
            Projected.rowsWithin(Projected.DEFAULT_BYTES, classes));
    crossEntropy.targets().write(new SyntheticText(classes, rows, 1).targets());
  }

  @Override
  public void run(int i) {
    loss.forwardBackward(hidden, null, false, gradHidden);
  }

  @Override
  public void close() {
    loss.close();
  }
}
