package dev.surprisal.benchmarks.peers;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.ProductRate;
import dev.surprisal.benchmarks.measure.RefusedException;
import java.util.Map;
import java.util.OptionalDouble;
import org.bytedeco.javacpp.BytePointer;

/**
 * cuBLAS in this process: the ceiling of products, and those of a projection. Of bfloat16 operands,
 * the gradient of the logits included, it makes float32 results.
 */
final class CublasPeer implements ProductRate {
  private final int index;
  private final String version;

  /**
   * On a GPU by its number.
   *
   * @throws LinkageError if CUDA's libraries cannot be loaded
   */
  CublasPeer(int index) {
    this.index = index;
    try (Cuda cuda = new Cuda(index);
        Cublas cublas = new Cublas(cuda, Type.FLOAT32)) {
      version = Integer.toString(cublas.version());
    }
  }

  @Override
  public String name() {
    return "cublas";
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("cublas", version);
  }

  @Override
  public OptionalDouble flopsPerSecond(String typeName, int size, Effort effort) {
    Type type = Type.of(typeName);
    try (Cuda cuda = new Cuda(index);
        Cublas cublas = new Cublas(cuda, type)) {
      BytePointer a = cuda.random(type, (long) size * size, 1);
      BytePointer b = cuda.random(type, (long) size * size, 1);
      BytePointer c = cuda.zeros(4L * size * size);
      Answer.Turn turn =
          new Meter(new CudaTiming(cuda), effort)
              .time(run -> cublas.product(size, size, size, a, false, b, false, c));
      return OptionalDouble.of(2.0 * size * size * size / (turn.lower() * 1e-6));
    }
  }

  @Override
  public Answer time(Case which, Effort effort) {
    if (which.operation() != Operation.PROJECTION_PRODUCTS) {
      return new Answer.Refusal("has no " + which.operation().text());
    }
    Type type = Type.of(which.type());
    try (Cuda cuda = new Cuda(index);
        Cublas cublas = new Cublas(cuda, type)) {
      return projection(which, type, cuda, cublas, effort);
    } catch (RefusedException refused) {
      return new Answer.Refusal(refused.getMessage());
    }
  }

  private static Answer.Turn projection(
      Case which, Type type, Cuda cuda, Cublas cublas, Effort effort) {
    int rows = which.intSize("N");
    int width = which.intSize("H");
    int classes = which.intSize("V");
    BytePointer hidden = cuda.random(type, (long) rows * width, 1);
    BytePointer weight = cuda.random(type, (long) classes * width, 1 / Math.sqrt(width));
    BytePointer logits = cuda.zeros(4L * rows * classes);
    BytePointer gradLogits = cuda.random(type, (long) rows * classes, 0.01);
    BytePointer gradHidden = cuda.zeros(4L * rows * width);
    BytePointer gradWeight = cuda.zeros(4L * classes * width);
    long held = cuda.bytes();
    return new Meter(new CudaTiming(cuda), effort)
        .time(
            run -> {
              cublas.product(rows, classes, width, hidden, false, weight, true, logits);
              cublas.product(rows, width, classes, gradLogits, false, weight, false, gradHidden);
              cublas.product(classes, width, rows, gradLogits, true, hidden, false, gradWeight);
            })
        .holding(held);
  }

  /** Holds nothing between cases. */
  @Override
  public void close() {}
}
