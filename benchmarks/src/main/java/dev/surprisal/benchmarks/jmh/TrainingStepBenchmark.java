package dev.surprisal.benchmarks.jmh;

import dev.surprisal.benchmarks.ours.StepShape;
import dev.surprisal.benchmarks.ours.TrainingStep;
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

/**
 * Measures a whole training step, from the tokens on the host to the loss on the host; with {@code
 * -prof gc}, the bytes that it allocates.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class TrainingStepBenchmark {
  /** V, E, H, B and T. */
  @Param({
    "100x50x50x32x35",
    "100x64x256x32x64",
    "10000x200x200x20x35",
    "10000x650x650x20x35",
    "33278x200x200x20x35"
  })
  public String shape;

  /** A name of {@link BenchmarkDevice}. */
  @Param("cpu")
  public String device;

  private Device opened;
  private TrainingStep step;

  /** Opens the device and allocates a step's tensors. */
  @Setup
  public void open() {
    opened = BenchmarkDevice.open(device);
    step = new TrainingStep(opened, StepShape.parse(shape));
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    step.close();
    opened.close();
  }

  /**
   * Forward, loss with gradient, backward, Adam.
   *
   * @return the loss, in nats per token
   */
  @Benchmark
  public float step() {
    return step.run();
  }
}
