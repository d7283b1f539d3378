package dev.surprisal.benchmarks.jmh;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_adam_workspace;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the time that Java adds to a kernel of the library: checks of operands, the call through
 * JNI, and the device's bookkeeping. On a GPU the kernels are as small as there are, and launching
 * them is in the figures. On the emulated device they are of no size, so that the library returns
 * at once and Java's part is what is left; a replay issues them one by one there, while a GPU gets
 * one graph.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BindingBenchmark {
  private static final int OPERATIONS = 100;

  private Device device;
  private Kernels kernels;
  private Tensor target;
  private Recording recording;

  /** Opens the device, and runs the recording until it is recorded. */
  @Setup
  public void open() {
    device = BenchmarkDevice.open(BenchmarkDevice.GPU);
    kernels = device.kernels();
    boolean emulated = device.toString().startsWith("emulated");
    target = device.allocate(DType.FLOAT32, emulated ? 0 : 1);
    recording = device.recording(this::issue);
    for (int run = 0; run < 3; run++) {
      recording.run();
    }
  }

  private void issue() {
    for (int i = 0; i < OPERATIONS; i++) {
      kernels.uniform(0, 1, 1, i, target);
    }
  }

  /** Waits for the issued work, so that no iteration pays for the one before. */
  @TearDown(Level.Iteration)
  public void settle() {
    device.synchronize();
  }

  /** Releases everything. */
  @TearDown
  public void close() {
    recording.close();
    target.close();
    device.close();
  }

  /**
   * A call of the library that does nothing: the floor.
   *
   * @return a constant
   */
  @Benchmark
  public long bareCall() {
    return surprisal_adam_workspace();
  }

  /** An operation as a layer issues it. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void operation() {
    issue();
  }

  /** An operation of a recording that is run again. */
  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public void replayed() {
    recording.run();
  }
}
