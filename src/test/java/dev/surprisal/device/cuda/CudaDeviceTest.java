package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.LogCapture;
import dev.surprisal.device.MemoryUse;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Stopwatch;
import dev.surprisal.device.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** On a GPU of 64 MiB, which the host lends. */
@Emulated
class CudaDeviceTest {
  private static final long MEMORY = 64 << 20;

  private final EmulatedRuntime runtime = new EmulatedRuntime(MEMORY);

  @Test
  void full_memory_is_refused_with_what_was_asked_what_is_free_and_what_holds_the_rest() {
    try (CudaDevice device = EmulatedDevices.open(runtime);
        Tensor large = device.allocate(DType.FLOAT32, 10, 1 << 20);
        Tensor small = device.allocate(DType.INT32, 3)) {
      long free = runtime.freeBytes();
      MemoryUse before = device.memory();
      String message =
          assertThrows(
                  DeviceOutOfMemoryException.class,
                  () -> device.allocate(DType.FLOAT32, 6, 1 << 20))
              .getMessage();
      assertEquals(
          String.format(
              Locale.ROOT,
              "emulated (host) has no 25,165,824 bytes of memory for FLOAT32 [6, 1048576]: %,d of"
                  + " 67,108,864 are free; tensors hold 41,943,052 bytes now, the largest are"
                  + " FLOAT32 [10, 1048576] (41,943,040), INT32 [3] (12): use a smaller batch,"
                  + " window or model",
              free),
          message);
      assertEquals(before, device.memory());
      assertEquals(free, runtime.freeBytes());
      small.write(1, 2, 3);
      assertArrayEquals(new int[] {1, 2, 3}, small.toInts());
      assertEquals(0, large.slice(0, 1).toFloats()[0]);
    }
  }

  @Test
  void memory_for_a_workspace_is_refused_in_the_same_way() {
    try (CudaDevice device = EmulatedDevices.open(runtime)) {
      String message =
          assertThrows(DeviceOutOfMemoryException.class, () -> device.workspace().reserve(1L << 30))
              .getMessage();
      assertTrue(message.contains("has no 1,073,741,824 bytes of memory for a workspace"), message);
    }
  }

  @Test
  void a_closed_stopwatch_has_given_its_events_back() {
    try (CudaDevice device = EmulatedDevices.open(runtime)) {
      int held = runtime.unfreed();
      Stopwatch stopwatch = device.stopwatch();
      assertEquals(held + 2, runtime.unfreed());
      stopwatch.start();
      stopwatch.close();
      stopwatch.close();
      assertEquals(held, runtime.unfreed());
    }
    assertEquals(0, runtime.unfreed());
  }

  @Test
  void a_recording_is_timed_from_outside_alone() {
    try (CudaDevice device = EmulatedDevices.open(runtime);
        Stopwatch stopwatch = device.stopwatch()) {
      for (Runnable use : List.<Runnable>of(stopwatch::start, stopwatch::stop)) {
        try (Recording recording = device.recording(use)) {
          String message = assertThrows(IllegalStateException.class, recording::run).getMessage();
          assertTrue(
              message.endsWith("inside a recording: do it before or after its run"), message);
        }
      }
      stopwatch.start();
      stopwatch.stop();
      try (Recording recording = device.recording(stopwatch::microseconds)) {
        assertThrows(IllegalStateException.class, recording::run);
      }
    }
  }

  @Test
  void a_closed_device_has_given_everything_back() {
    CudaDevice device = EmulatedDevices.open(runtime);
    Tensor left = device.allocate(DType.FLOAT32, 100);
    device.kernels().normal(0, 1, 1, 2, left);
    Readback readback = device.readback(left.slice(0, 1));
    readback.request();
    device.readback(left.slice(1, 1)).close();
    Stopwatch stopwatch = device.stopwatch();
    stopwatch.start();
    device.stopwatch().close();
    Recording recording = device.recording(() -> device.kernels().uniform(0, 1, 1, 2, left));
    for (int run = 0; run < 3; run++) {
      recording.run();
    }
    device.workspace().reserve(100);
    try (LogCapture log = new LogCapture("dev.surprisal.device.cuda")) {
      device.close();
      device.close();
      assertEquals(
          List.of("WARNING emulated (host) was closed while tensors hold 400 bytes of its memory"),
          log.lines("was closed"));
    }
    assertEquals(0, runtime.unfreed());
    List<Executable> uses =
        List.of(
            () -> device.allocate(DType.FLOAT32, 1),
            left::toFloats,
            left::zero,
            () -> left.write(0, ByteBuffer.allocate(4)),
            () -> left.copyFrom(left.view(100)),
            () -> device.kernels().normal(0, 1, 1, 2, left),
            () -> device.recording(() -> {}),
            () -> device.readback(left.slice(0, 1)),
            device::stopwatch,
            () -> device.probe().spin(0),
            () -> device.probe().barriers(0),
            readback::request,
            stopwatch::stop,
            recording::run,
            device::synchronize);
    for (Executable use : uses) {
      assertThrows(IllegalStateException.class, use);
    }
    left.close();
    readback.close();
    stopwatch.close();
    recording.close();
    assertEquals(0, device.memory().current());
    assertEquals(0, runtime.unfreed());
  }

  @Test
  void transfers_of_many_pieces_arrive_whole() {
    int count = 9 * Staging.SLOT / 4 + 3;
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = i * 31;
    }
    try (CudaDevice device = EmulatedDevices.open(runtime);
        Tensor tensor = device.allocate(DType.INT32, count)) {
      tensor.write(values);
      assertArrayEquals(values, tensor.toInts());
      ByteBuffer bytes = ByteBuffer.allocate(4 * count);
      tensor.read(0, bytes);
      tensor.zero();
      tensor.write(0, bytes.flip());
      assertArrayEquals(values, tensor.toInts());
    }
  }

  @Test
  void a_source_may_be_reused_as_soon_as_it_was_written() {
    try (CudaDevice device = EmulatedDevices.open(runtime);
        Tensor tensor = device.allocate(DType.INT32, 40)) {
      int[] source = new int[1];
      for (int i = 0; i < 40; i++) {
        source[0] = i;
        tensor.slice(i, 1).write(source);
      }
      int[] found = tensor.toInts();
      for (int i = 0; i < 40; i++) {
        assertEquals(i, found[i]);
      }
    }
  }
}
