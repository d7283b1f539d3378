package dev.surprisal.benchmarks.jmh;

import dev.surprisal.benchmarks.ours.LossStep;
import dev.surprisal.benchmarks.ours.ProjectionShape;
import dev.surprisal.device.Device;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A loss fused with the projection that makes its logits. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class ProjectedLossBenchmark {
  /** N, H and V. */
  @Param({"700x200x33278", "2048x512x50257"})
  public String projection;

  /** Rows of logits at a time; 0 for what the library chooses. */
  @Param("0")
  public long chunkRows;

  /** One of the losses that {@code benchmarks/run} measures. */
  @Param("cross-entropy")
  public String loss;

  private Device device;
  private LossStep step;

  /** Opens the device and allocates all that a step needs. */
  @Setup
  public void open() {
    device = Device.cpu();
    step = new LossStep(device, ProjectionShape.parse(projection), loss, chunkRows);
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    step.close();
    device.close();
  }

  /**
   * Loss and gradients.
   *
   * @return the loss, in nats per token
   */
  @Benchmark
  public float step() {
    return step.run();
  }
}
