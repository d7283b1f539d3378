package dev.surprisal.train;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Adam;

/** One step of training for batches of one shape; allocates nothing once it is made. */
final class TrainingStep implements AutoCloseable {
  private final Arena arena;
  private final Pass pass;
  private final CrossEntropy loss;
  private final Adam adam;
  private final Tensor targets;
  private final Readback losses;
  private final Recording work;

  TrainingStep(Network network, TrainingOptions options) {
    int rows = options.batch() * options.window();
    arena = new Arena(network.device());
    pass = network.training(options.batch(), options.window());
    try {
      targets = arena.allocate(DType.INT32, rows);
      loss = new CrossEntropy(network.device(), rows, CrossEntropyOptions.MEAN);
      AdamOptions defaults = AdamOptions.DEFAULT;
      adam =
          new Adam(
              network.parameters(),
              options.learningRate(),
              new AdamOptions(
                  defaults.beta1(),
                  defaults.beta2(),
                  defaults.eps(),
                  defaults.weightDecay(),
                  options.clip() == 0 ? Double.POSITIVE_INFINITY : options.clip()));
      losses = network.device().readback(loss.total());
      work = network.device().recording(this::compute);
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
    targets.write(targetIds);
    work.run();
    losses.request();
  }

  /** What is the same in every step; what differs between two lives in tensors. */
  private void compute() {
    pass.forward();
    loss.forwardBackward(pass.logits(), targets, null, pass.logits());
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
  Tensor state() {
    return pass.state();
  }

  /** Closes also what a failed constructor leaves. */
  @Override
  public void close() {
    if (work != null) {
      work.close();
    }
    if (losses != null) {
      losses.close();
    }
    if (adam != null) {
      adam.close();
    }
    if (loss != null) {
      loss.close();
    }
    pass.close();
    arena.close();
  }
}
