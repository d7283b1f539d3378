package dev.surprisal.benchmarks.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.benchmarks.Emulated;
import dev.surprisal.device.Device;
import org.junit.jupiter.api.Test;

class BenchmarkDeviceTest {
  @Test
  void the_cpu_is_always_there() {
    try (Device device = BenchmarkDevice.open("cpu")) {
      assertTrue(device.toString().startsWith("cpu"), device.toString());
    }
  }

  @Test
  void a_name_that_is_none_is_refused_with_those_that_are() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> BenchmarkDevice.open("tpu"))
            .getMessage();

    assertEquals("expected device=cpu or device=gpu, found 'tpu'", message);
  }

  @Test
  void without_a_gpu_it_is_the_emulated_device() {
    assumeTrue(noGpu());
    Emulated.assume();

    try (Device device = BenchmarkDevice.open(BenchmarkDevice.GPU)) {
      assertTrue(device.toString().startsWith("emulated"), device.toString());
    }
  }

  @Test
  void without_a_gpu_and_an_emulated_device_it_says_what_is_missing() {
    assumeTrue(noGpu());
    assumeTrue(Emulated.missing().isPresent());

    String message =
        assertThrows(IllegalStateException.class, () -> BenchmarkDevice.open(BenchmarkDevice.GPU))
            .getMessage();

    assertTrue(message.contains("target/test-classes and target/native/emulated"), message);
  }

  private static boolean noGpu() {
    return Device.kinds().stream()
        .noneMatch(kind -> kind.kind().equals("cuda") && kind.missing().isEmpty());
  }
}
