package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.LogCapture;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@Emulated
class CudaRecordingTest {
  private final EmulatedRuntime runtime = new EmulatedRuntime(1 << 28);
  private final CudaDevice device = EmulatedDevices.open(runtime);
  private final Tensor values = device.allocate(DType.FLOAT32, 2);
  private final Tensor norm = device.allocate(DType.FLOAT32, 1);

  @AfterEach
  void close() {
    values.close();
    norm.close();
    device.close();
    assertEquals(0, runtime.unfreed());
  }

  private void work() {
    device.kernels().gradientNorm(values, norm);
  }

  private void assertFive() {
    assertArrayEquals(new float[] {5}, norm.toFloats());
    norm.zero();
  }

  @Test
  void the_second_run_is_captured_and_no_other() {
    values.write(3f, 4f);
    int[] expected = {0, 1, 1, 1};
    try (Recording recording = device.recording(this::work)) {
      for (int captures : expected) {
        recording.run();
        assertEquals(captures, runtime.captures());
        assertFive();
      }
    }
  }

  @Test
  void what_cannot_be_captured_runs_plainly_with_one_line_that_says_why() {
    values.write(3f, 4f);
    runtime.refuseCapture();
    try (LogCapture log = new LogCapture("dev.surprisal.device.cuda");
        Recording recording = device.recording(this::work)) {
      for (int run = 0; run < 4; run++) {
        recording.run();
        assertFive();
      }
      assertEquals(1, runtime.captures());
      List<String> lines = log.lines("cannot be one CUDA graph");
      assertEquals(1, lines.size());
      assertTrue(lines.get(0).endsWith("cudaStreamEndCapture: not today"), lines.get(0));
    }
  }

  @Test
  void what_would_wait_or_allocate_is_refused_inside_at_every_run() {
    Readback readback = device.readback(norm);
    List<Runnable> forbidden =
        List.of(
            device::synchronize,
            values::toFloats,
            () -> values.write(1f, 2f),
            () -> device.allocate(DType.FLOAT32, 1),
            readback::request,
            readback::take,
            () -> device.recording(() -> {}).run());
    for (Runnable call : forbidden) {
      boolean[] misbehaves = {false};
      Runnable work =
          () -> {
            if (misbehaves[0]) {
              call.run();
            }
          };
      for (int good = 0; good < 3; good++) {
        try (Recording recording = device.recording(work)) {
          misbehaves[0] = false;
          for (int run = 0; run < good; run++) {
            recording.run();
          }
          misbehaves[0] = true;
          String message = assertThrows(IllegalStateException.class, recording::run).getMessage();
          assertTrue(message.contains("inside a recording"), message);
        }
      }
    }
    readback.close();
    device.synchronize();
  }

  @Test
  void closing_a_tensor_inside_is_refused() {
    EmulatedRuntime itsOwn = new EmulatedRuntime(1 << 28);
    try (LogCapture log = new LogCapture("dev.surprisal.device.cuda")) {
      try (CudaDevice left = EmulatedDevices.open(itsOwn)) {
        Tensor tensor = left.allocate(DType.FLOAT32, 3);
        try (Recording recording = left.recording(tensor::close)) {
          String message = assertThrows(IllegalStateException.class, recording::run).getMessage();
          assertTrue(message.startsWith("cannot close a tensor inside a recording"), message);
        }
      }
      assertEquals(1, log.lines("was closed while tensors hold 12 bytes").size());
    }
    assertEquals(0, itsOwn.unfreed(), "its memory goes with the device");
  }

  @Test
  void a_workspace_that_a_graph_refers_to_outlives_a_larger_one() {
    try (Recording recording = device.recording(this::work)) {
      recording.run();
      recording.run();
      long held = runtime.unfreed();
      device.workspace().reserve(100 << 20);
      assertEquals(held + 1, runtime.unfreed());
    }
    long held = runtime.unfreed();
    device.workspace().reserve(120 << 20);
    assertEquals(held - 1, runtime.unfreed());
  }
}
