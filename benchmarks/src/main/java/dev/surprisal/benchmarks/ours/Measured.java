package dev.surprisal.benchmarks.ours;

import dev.surprisal.loss.Loss;
import java.util.function.Consumer;

/**
 * A loss of hidden states that is ready to be measured.
 *
 * @param targets writes the targets of a batch
 * @param step issues the loss and all gradients
 * @param closing releases the loss
 */
record Measured(Consumer<int[]> targets, Runnable step, Runnable closing) implements AutoCloseable {
  static Measured of(Loss loss, Consumer<int[]> targets, LossBed bed) {
    return new Measured(
        targets,
        () -> loss.forwardBackward(bed.hidden(), null, false, bed.gradHidden()),
        loss::close);
  }

  @Override
  public void close() {
    closing.run();
  }
}
