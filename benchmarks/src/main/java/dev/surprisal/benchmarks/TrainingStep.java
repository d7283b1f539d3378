package dev.surprisal.benchmarks;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Adam;

/** The reference model, trained step by step on a made-up text. */
final class TrainingStep implements AutoCloseable {
  private static final double LEARNING_RATE = 1e-3;

  private final SyntheticText text;
  private final Network network;
  private final Pass pass;
  private final Arena arena;
  private final Tensor targets;
  private final CrossEntropy loss;
  private final Adam adam;
  private final float[] value = new float[1];

  TrainingStep(Device device, StepShape shape) {
    text = new SyntheticText(shape.vocabulary(), shape.rows());
    network = new Network(device, shape.vocabulary(), shape.embed(), shape.hidden());
    network.initialise(1);
    pass = network.training(shape.batch(), shape.window());
    arena = new Arena(device);
    targets = arena.allocate(DType.INT32, shape.rows());
    loss = new CrossEntropy(device, shape.rows(), CrossEntropyOptions.MEAN);
    adam = new Adam(network.parameters(), LEARNING_RATE, AdamOptions.DEFAULT);
  }

  /** Does one whole step, and returns its loss in nats per token. */
  float run() {
    text.advance();
    pass.tokens().write(text.inputs());
    targets.write(text.targets());
    pass.forward();
    loss.forwardBackward(pass.logits(), targets, null, pass.logits());
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
    arena.close();
    pass.close();
    network.close();
  }
}
