package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a second way beside our own, which is as fast as a test makes it. */
@Emulated
class ProductsTest {
  private static final float[] GRADIENT = {9, 12, 15, 19, 26, 33};

  @TempDir Path folder;

  private final EmulatedRuntime runtime = new EmulatedRuntime(1 << 28);
  private Delayed other;
  private CudaDevice device;
  private Tensor weight;
  private Tensor input;
  private Tensor gradOutput;
  private Tensor gradWeight;
  private Tensor gradBias;

  /** Our own kernel under another name, with a delay. */
  private static final class Delayed implements ProductKernel {
    private final OwnProducts own;
    private final String name;
    private long milliseconds;
    private boolean able = true;
    private int runs;

    Delayed(CudaDevice device, String name, long milliseconds) {
      own = new OwnProducts(device);
      this.name = name;
      this.milliseconds = milliseconds;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean takes(ProductShape shape) {
      return able;
    }

    @Override
    public long workspace(long m, long n, long k) {
      return own.workspace(m, n, k);
    }

    @Override
    public void run(
        String operation, ProductShape shape, long a, long b, long bias, long c, long workspace) {
      runs++;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(milliseconds));
      own.run(operation, shape, a, b, bias, c, workspace);
    }
  }

  @BeforeEach
  void open() {
    device =
        new CudaDevice(
            "emulated",
            runtime,
            opened -> {
              other = new Delayed(opened, "other", 0);
              return new Products(
                  opened,
                  List.of(new Delayed(opened, "first", 2), other),
                  new Plans(folder.resolve("plans"), "test"));
            });
    weight = tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    input = tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    gradOutput = tensor(new float[] {1, 3, 2, 4}, 2, 2);
    gradWeight = tensor(new float[6], 2, 3);
    gradBias = tensor(new float[2], 2);
  }

  private Tensor tensor(float[] values, long... sizes) {
    Tensor tensor = device.allocate(DType.FLOAT32, sizes);
    tensor.write(values);
    return tensor;
  }

  @AfterEach
  void close() {
    List.of(weight, input, gradOutput, gradWeight, gradBias).forEach(Tensor::close);
    device.close();
    assertEquals(0, runtime.unfreed());
  }

  private void accumulate() {
    Kernels kernels = device.kernels();
    kernels.linearBackward(weight, input, gradOutput, true, gradWeight, gradBias, null);
  }

  @Test
  void the_fastest_is_taken_and_trials_leave_no_trace_in_the_result() {
    accumulate();
    assertArrayEquals(GRADIENT, gradWeight.toFloats());
    int trials = other.runs;
    assertTrue(trials > 1, "it was tried");
    accumulate();
    assertEquals(trials + 1, other.runs, "and taken, with no more trials");
  }

  @Test
  void the_slower_is_not_taken() {
    other.milliseconds = 6;
    accumulate();
    int trials = other.runs;
    accumulate();
    assertEquals(trials, other.runs);
    assertEquals(2 * GRADIENT[0], gradWeight.toFloats()[0]);
  }

  @Test
  void a_way_that_does_not_take_a_shape_is_not_tried() {
    other.able = false;
    accumulate();
    assertEquals(0, other.runs);
    assertArrayEquals(GRADIENT, gradWeight.toFloats());
  }

  @Test
  void without_memory_for_a_trial_the_first_is_taken() {
    accumulate();
    gradWeight.zero();
    // All that is left: the trial of another shape finds no room.
    long address = runtime.allocate(runtime.freeBytes());
    int before = other.runs;
    device.kernels().linearBackward(weight, input, gradOutput, false, gradWeight, gradBias, null);
    assertEquals(before, other.runs);
    runtime.free(address);
    assertArrayEquals(GRADIENT, gradWeight.toFloats());
  }

  @Test
  void a_recording_measures_in_its_first_run_alone() {
    try (Recording recording = device.recording(this::accumulate)) {
      recording.run();
      int trials = other.runs;
      recording.run();
      recording.run();
      assertEquals(trials + 2, other.runs);
      assertEquals(3 * GRADIENT[0], gradWeight.toFloats()[0]);
    }
  }

  @Test
  void a_fault_is_thrown_before_kernels_that_do_nothing_are_measured() {
    try (Tensor tokens = device.allocate(DType.INT32, 2);
        Tensor rows = device.allocate(DType.FLOAT32, 2, 3)) {
      tokens.write(0, 9);
      device.kernels().gatherRows(weight, tokens, rows);
      assertThrows(IllegalArgumentException.class, this::accumulate);
      assertEquals(0, other.runs);
      accumulate();
      assertArrayEquals(GRADIENT, gradWeight.toFloats());
    }
  }
}
