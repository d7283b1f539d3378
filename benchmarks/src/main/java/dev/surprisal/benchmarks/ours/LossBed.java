package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.LogitsLoss;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.AdaptiveSoftmax;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Projection;

/** The operands of a loss: a projection, hidden states, and a second last layer for some losses. */
final class LossBed implements AutoCloseable {
  private final Device device;
  private final ProjectionShape shape;
  private final SyntheticText text;
  private final Arena arena;
  private final Parameters parameters;
  private final Projection projection;
  private final Tensor hidden;
  private final Tensor gradHidden;
  private Parameters others;

  /**
   * Allocates it.
   *
   * @param device that holds nothing else
   * @param shape of the projection
   */
  LossBed(Device device, ProjectionShape shape) {
    this.device = device;
    this.shape = shape;
    text = new SyntheticText(shape.vocabulary(), shape.rows());
    arena = new Arena(device);
    parameters = newParameters();
    try {
      projection = new Projection(parameters, "linear");
      projection.initialise(1);
      hidden = random(2);
      gradHidden = random(3);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private Parameters newParameters() {
    return new Parameters(
        device, Projection.parameters("linear", shape.hidden(), shape.vocabulary()));
  }

  private Tensor random(long seed) {
    Tensor tensor = arena.allocate(DType.FLOAT32, shape.rows(), shape.hidden());
    device.kernels().uniform(-1, 1, seed, 0, tensor);
    return tensor;
  }

  Device device() {
    return device;
  }

  ProjectionShape shape() {
    return shape;
  }

  SyntheticText text() {
    return text;
  }

  Projection projection() {
    return projection;
  }

  Tensor hidden() {
    return hidden;
  }

  Tensor gradHidden() {
    return gradHidden;
  }

  /** Fuses a loss with the projection. */
  Projected project(LogitsLoss loss) {
    return new Projected(loss, projection);
  }

  /** Another last layer of the same sizes. */
  AdaptiveSoftmax adaptive(HeadConfig.Adaptive config) {
    others =
        new Parameters(
            device, AdaptiveSoftmax.parameters("head", shape.hidden(), shape.vocabulary(), config));
    AdaptiveSoftmax softmax = new AdaptiveSoftmax(others, "head", config);
    softmax.initialise(6);
    return softmax;
  }

  /** Another projection of the same sizes. */
  Projection teacher() {
    others = newParameters();
    Projection teacher = new Projection(others, "linear");
    teacher.initialise(4);
    return teacher;
  }

  /** What {@link #teacher} takes. */
  Tensor teacherHidden() {
    return random(5);
  }

  @Override
  public void close() {
    arena.close();
    parameters.close();
    if (others != null) {
      others.close();
    }
  }
}
