package dev.surprisal.train;

import dev.surprisal.device.Tensor;
import dev.surprisal.loss.Loss;
import dev.surprisal.loss.Targets;
import dev.surprisal.nn.Pass;
import java.util.function.Consumer;

/** A loss whose targets are the tokens that follow. */
class TokenObjective implements Objective {
  private final Loss loss;
  private final Consumer<int[]> targets;

  TokenObjective(Loss loss, Targets targets) {
    this(loss, targets::write);
  }

  TokenObjective(Loss loss, Consumer<int[]> targets) {
    this.loss = loss;
    this.targets = targets;
  }

  @Override
  public void write(int[] inputs, int[] next, boolean carriesState) {
    targets.accept(next);
  }

  @Override
  public void compute(Pass pass) {
    loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
  }

  /** Issues the loss of a forward pass without any gradient. */
  void forward(Pass pass) {
    loss.forward(pass.hidden());
  }

  @Override
  public Tensor total() {
    return loss.total();
  }

  @Override
  public void close() {
    loss.close();
  }
}
