package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.Tensor;
import dev.surprisal.loss.Loss;
import java.util.function.Consumer;

/**
 * A loss of hidden states that is ready to be measured.
 *
 * @param targets takes those of a batch
 * @param step issues the loss and all gradients
 * @param total the loss, [1]
 * @param closing gives everything back
 */
record Measured(Consumer<int[]> targets, Runnable step, Tensor total, Runnable closing)
    implements AutoCloseable {
  static Measured of(Loss loss, Consumer<int[]> targets, LossBed bed) {
    return new Measured(
        targets,
        () -> loss.forwardBackward(bed.hidden(), null, false, bed.gradHidden()),
        loss.total(),
        loss::close);
  }

  @Override
  public void close() {
    closing.run();
  }
}
