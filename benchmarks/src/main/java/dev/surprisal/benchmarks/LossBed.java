package dev.surprisal.benchmarks;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.Projection;
import java.util.function.Supplier;

/** What a loss is measured with: a projection, hidden states, a teacher if it is asked for. */
final class LossBed implements AutoCloseable {
  private final Device device;
  private final ProjectionShape shape;
  private final long chunkRows;
  private final SyntheticText text;
  private final Arena arena;
  private final Parameters parameters;
  private final Projection projection;
  private final Tensor hidden;
  private final Tensor gradHidden;
  private Parameters teacherParameters;
  private long held;

  /**
   * Allocates it.
   *
   * @param device that holds nothing else
   * @param shape of the projection
   * @param chunkRows rows of logits at a time, or 0 for what the library chooses
   */
  LossBed(Device device, ProjectionShape shape, long chunkRows) {
    this.device = device;
    this.shape = shape;
    this.chunkRows =
        chunkRows > 0
            ? chunkRows
            : Projected.rowsWithin(Projected.DEFAULT_BYTES, shape.vocabulary());
    text = new SyntheticText(shape.vocabulary(), shape.rows());
    arena = new Arena(device);
    parameters = holding(this::newParameters);
    projection = new Projection(parameters, "linear");
    projection.initialise(1);
    hidden = holding(() -> random(2));
    gradHidden = holding(() -> random(3));
  }

  /** Counts what is allocated as something that a loss finds there. */
  private <T> T holding(Supplier<T> allocation) {
    long before = device.memory().current();
    T result = allocation.get();
    held += device.memory().current() - before;
    return result;
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

  long chunkRows() {
    return chunkRows;
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

  /** Another projection of the same sizes. */
  Projection teacher() {
    teacherParameters = holding(this::newParameters);
    Projection teacher = new Projection(teacherParameters, "linear");
    teacher.initialise(4);
    return teacher;
  }

  /** What {@link #teacher} takes. */
  Tensor teacherHidden() {
    return holding(() -> random(5));
  }

  /** The most bytes that tensors took beyond parameters, gradients and hidden states. */
  long extraBytes() {
    return device.memory().peak() - held;
  }

  @Override
  public void close() {
    arena.close();
    parameters.close();
    if (teacherParameters != null) {
      teacherParameters.close();
    }
  }
}
