package dev.surprisal.train;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.State;
import dev.surprisal.optim.Adam;

/** One step of training for batches of one shape; allocates nothing once it is made. */
final class TrainingStep implements AutoCloseable {
  private final Pass pass;
  private final Objective objective;
  private final Adam adam;
  private final Readback losses;
  private final Recording recording;

  TrainingStep(LossContext context, TrainingOptions options) {
    Network network = context.network();
    pass = network.training(context.batch(), context.window());
    try {
      objective = options.loss().start(context);
      adam =
          new Adam(
              network.parameters(),
              options.learningRate(),
              AdamOptions.DEFAULT.clippedAt(options.clip()));
      losses = network.device().readback(objective.total());
      recording = objective.repeats() ? network.device().recording(this::compute) : null;
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Issues a step; its loss is the next to be taken from {@link #losses}. */
  void run(int[] inputIds, int[] targetIds, boolean carriesState) {
    if (!carriesState) {
      pass.resetState();
    }
    pass.tokens().write(inputIds);
    objective.write(inputIds, targetIds, carriesState);
    if (recording == null) {
      compute();
    } else {
      recording.run();
    }
    losses.request();
  }

  /** What is the same in every step; what differs between two lives in tensors. */
  private void compute() {
    pass.forward();
    objective.compute(pass);
    pass.backward(false);
    adam.step();
    pass.carryState();
  }

  Readback losses() {
    return losses;
  }

  Adam adam() {
    return adam;
  }

  /** The state that the next step starts from. */
  State state() {
    return pass.state();
  }

  /** What the loss adds to that; null if nothing. */
  State lossState() {
    return objective.state();
  }

  /** Goes on as if so many steps had been done. */
  void resume(long steps) {
    objective.resume(steps);
  }

  /** Closes also what a failed constructor leaves. */
  @Override
  public void close() {
    if (recording != null) {
      recording.close();
    }
    if (losses != null) {
      losses.close();
    }
    if (adam != null) {
      adam.close();
    }
    if (objective != null) {
      objective.close();
    }
    pass.close();
  }
}
