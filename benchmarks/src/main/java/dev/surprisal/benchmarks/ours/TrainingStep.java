package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.RecurrentConfig;
import dev.surprisal.optim.Adam;

/**
 * The reference model, trained step by step on a made-up text, as a trainer does it: what is the
 * same in every step is recorded, and losses are taken a few steps after they were asked for.
 */
public final class TrainingStep implements AutoCloseable {
  private static final double LEARNING_RATE = 1e-3;

  private final SyntheticText text;
  private final Network network;
  private Pass pass;
  private CrossEntropy crossEntropy;
  private Projected loss;
  private Adam adam;
  private Readback losses;
  private Recording recording;

  /** Allocates all that steps need, or nothing if there is not enough memory. */
  public TrainingStep(Device device, StepShape shape) {
    text = new SyntheticText(shape.vocabulary(), shape.rows());
    network =
        new Network(
            device,
            shape.vocabulary(),
            shape.embed(),
            RecurrentConfig.tanh(shape.hidden()),
            HeadConfig.PROJECTION);
    try {
      network.initialise(1);
      pass = network.training(shape.batch(), shape.window(), 1);
      crossEntropy =
          new CrossEntropy(
              device,
              shape.rows(),
              shape.vocabulary(),
              CrossEntropyOptions.PLAIN,
              LossSettings.MEAN);
      loss = new Projected(crossEntropy, network.projection());
      adam = new Adam(network.parameters(), LEARNING_RATE, AdamOptions.DEFAULT);
      losses = device.readback(loss.total());
      recording = device.recording(this::compute);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private void compute() {
    pass.forward();
    loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
    pass.backward(false);
    adam.step();
    pass.carryState();
  }

  /** Issues one whole step. */
  void issue() {
    text.advance();
    pass.tokens().write(text.inputs());
    crossEntropy.targets().write(text.targets());
    recording.run();
    losses.request();
    if (losses.pending() == Readback.DEPTH) {
      take();
    }
  }

  /** Waits for the losses of all steps, and returns the last one's. */
  float settle() {
    float last = Float.NaN;
    while (losses.pending() > 0) {
      last = take();
    }
    return last;
  }

  private float take() {
    float value = losses.take();
    if (!Float.isFinite(value)) {
      throw new IllegalStateException("the loss of a step is " + value + ": nothing to measure");
    }
    return value;
  }

  /** Does one whole step, and returns its loss in nats per token. */
  public float run() {
    issue();
    return settle();
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
    if (loss != null) {
      loss.close();
    } else if (crossEntropy != null) {
      crossEntropy.close();
    }
    if (pass != null) {
      pass.close();
    }
    network.close();
  }
}
