package dev.surprisal.benchmarks;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Projected;
import dev.surprisal.loss.Targets;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Adam;

/** The reference model, trained step by step on a made-up text. */
final class TrainingStep implements AutoCloseable {
  private static final double LEARNING_RATE = 1e-3;

  private final SyntheticText text;
  private final Network network;
  private final Pass pass;
  private final Targets targets;
  private final Projected loss;
  private final Adam adam;
  private final float[] value = new float[1];

  TrainingStep(Device device, StepShape shape) {
    text = new SyntheticText(shape.vocabulary(), shape.rows());
    network = new Network(device, shape.vocabulary(), shape.embed(), shape.hidden());
    network.initialise(1);
    pass = network.training(shape.batch(), shape.window());
    CrossEntropy crossEntropy =
        new CrossEntropy(
            device, shape.rows(), shape.vocabulary(), CrossEntropyOptions.PLAIN, LossSettings.MEAN);
    targets = crossEntropy.targets();
    loss = new Projected(crossEntropy, network.projection());
    adam = new Adam(network.parameters(), LEARNING_RATE, AdamOptions.DEFAULT);
  }

  /** Does one whole step, and returns its loss in nats per token. */
  float run() {
    text.advance();
    pass.tokens().write(text.inputs());
    targets.write(text.targets());
    pass.forward();
    loss.forwardBackward(pass.hidden(), null, false, pass.gradHidden());
    pass.backward(false);
    adam.step();
    pass.carryState();
    loss.total().read(value);
    return value[0];
  }

  long parameters() {
    return network.parameters().count();
  }

  @Override
  public void close() {
    adam.close();
    loss.close();
    pass.close();
    network.close();
  }
}
