package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean loss and gradient of logits. The gradient goes to a tensor of its own: in place, each run
 * would take the last one's gradient for logits.
 */
final class CrossEntropyWork implements Work {
  private final List<Tensor> logits;
  private final List<Tensor> gradients;
  private final List<CrossEntropy> losses = new ArrayList<>();

  CrossEntropyWork(Operands operands, Case which, Rotation rotation) {
    int rows = which.intSize("N");
    int classes = which.intSize("V");
    int sets = rotation.sets((long) which.bytes());
    logits = Operands.several(sets, () -> operands.uniform(DType.FLOAT32, -5, 5, rows, classes));
    gradients = Operands.several(sets, () -> operands.room(DType.FLOAT32, rows, classes));
    SyntheticText text = new SyntheticText(classes, rows, sets);
    try {
      for (int i = 0; i < sets; i++) {
        CrossEntropy loss =
            new CrossEntropy(
                operands.device(), rows, classes, CrossEntropyOptions.PLAIN, LossSettings.MEAN);
        losses.add(loss);
        loss.targets().write(text.targets());
        text.advance();
      }
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  @Override
  public void run(int i) {
    int set = i % logits.size();
    losses.get(set).forwardBackward(logits.get(set), null, false, gradients.get(set));
  }

  @Override
  public boolean rotates() {
    return true;
  }

  @Override
  public void close() {
    losses.forEach(CrossEntropy::close);
  }
}
