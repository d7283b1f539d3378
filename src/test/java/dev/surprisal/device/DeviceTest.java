package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @Test
  void a_device_is_opened_by_name() {
    try (Device device = Device.of("cpu", 2)) {
      assertEquals("cpu (2 threads)", device.toString());
    }
    try (Device device = Device.of("cpu", 1)) {
      assertEquals("cpu (1 thread)", device.toString());
    }
  }

  @Test
  void the_cpu_takes_all_processors_unless_told_otherwise() {
    int processors = Runtime.getRuntime().availableProcessors();
    for (String name : List.of("default", "0 threads")) {
      try (Device device = name.equals("default") ? Device.cpu() : Device.cpu(0)) {
        assertTrue(device.toString().startsWith("cpu (" + processors + " thread"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1025, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void an_impossible_number_of_threads_is_refused(int threads) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Device.cpu(threads)).getMessage();
    assertEquals("expected 0 (all processors) to 1024 threads, found " + threads, message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "gpu", "CPU", "cpu:0", "cpu ", "cuda:", "cuda:-1", "cuda:x", "cuda:0:1"})
  void a_name_that_is_no_device_is_refused(String name) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Device.of(name, 1)).getMessage();
    assertEquals("a device is auto, cpu or cuda:N, found '" + name + "'", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "cuda:0", "cuda:3"})
  void a_gpu_that_cannot_be_used_says_what_is_missing(String name) {
    assumeTrue(
        Device.kinds().stream()
            .noneMatch(kind -> kind.kind().equals("cuda") && kind.missing().isEmpty()));
    String message =
        assertThrows(DeviceUnavailableException.class, () -> Device.of(name, 1)).getMessage();
    String full = name.equals("cuda") ? "cuda:0" : name;
    String start = "device " + full + " cannot be used: ";
    assertTrue(message.startsWith(start) && message.length() > start.length(), message);
  }

  @Test
  void the_best_device_is_taken_with_one_line_that_says_which() {
    try (LogCapture log = new LogCapture("dev.surprisal.device");
        Device device = Device.of("auto", 1)) {
      assertEquals(1, log.lines("INFO using " + device).size());
    }
    try (LogCapture log = new LogCapture("dev.surprisal.device");
        Device device = Device.auto()) {
      assertEquals(1, log.lines("INFO using " + device).size());
    }
  }

  @Test
  void a_device_that_cannot_be_opened_is_passed_over_with_the_reason() {
    DeviceProvider busy =
        new DeviceProvider() {
          @Override
          public String kind() {
            return "busy";
          }

          @Override
          public int priority() {
            return 1;
          }

          @Override
          public Optional<String> missing() {
            return Optional.empty();
          }

          @Override
          public List<String> describe() {
            return List.of();
          }

          @Override
          public Device open(int index, int threads) {
            throw new DeviceUnavailableException("somebody else has it");
          }
        };
    DeviceProvider cpu = Device.kinds().get(Device.kinds().size() - 1);
    try (LogCapture log = new LogCapture("dev.surprisal.device");
        Device device = Devices.auto(List.of(busy, cpu), 1)) {
      assertEquals(
          List.of("INFO using cpu (1 thread); busy is not used: somebody else has it"),
          log.lines("using"));
      assertEquals("cpu (1 thread)", device.toString());
    }
    String message =
        assertThrows(DeviceUnavailableException.class, () -> Devices.auto(List.of(busy), 1))
            .getMessage();
    assertEquals("no device can be used; busy is not used: somebody else has it", message);
  }

  @Test
  void the_kinds_of_device_are_listed_with_the_preferred_ones_first() {
    List<DeviceProvider> kinds = Device.kinds();
    DeviceProvider last = kinds.get(kinds.size() - 1);
    assertEquals("cpu", last.kind());
    assertTrue(last.missing().isEmpty());
    assertTrue(last.describe().stream().anyMatch(line -> line.contains("OpenBLAS 0.3.")));
    for (int i = 1; i < kinds.size(); i++) {
      assertTrue(kinds.get(i - 1).priority() > kinds.get(i).priority());
    }
  }

  @Test
  void there_is_only_one_cpu() {
    DeviceProvider cpu = Device.kinds().get(Device.kinds().size() - 1);
    assertThrows(DeviceUnavailableException.class, () -> cpu.open(1, 1));
  }

  @OnEveryDevice
  void the_kernels_are_the_same_at_every_call(Bench bench) {
    assertSame(bench.device().kernels(), bench.device().kernels());
    bench.device().synchronize();
  }

  @OnEveryDevice
  void memory_is_counted_while_tensors_are_open(Bench bench) {
    Device device = bench.device();
    long before = device.memory().current();
    try (Tensor tensor = device.allocate(DType.FLOAT16, 1000, 1000)) {
      assertEquals(before + tensor.bytes(), device.memory().current());
      try (Tensor other = device.allocate(DType.INT64, 10)) {
        assertEquals(before + 2_000_080, device.memory().current());
        assertEquals(80, other.bytes());
      }
      assertTrue(device.memory().peak() >= before + 2_000_080);
    }
    assertEquals(before, device.memory().current());
    assertTrue(device.memory().peak() >= before + 2_000_080);
  }

  @Test
  void the_peak_is_the_most_that_was_ever_in_use() {
    try (Device device = Device.cpu(1)) {
      assertEquals(new MemoryUse(0, 0), device.memory());
      Tensor first = device.allocate(DType.FLOAT32, 100);
      device.allocate(DType.FLOAT32, 50).close();
      device.allocate(DType.FLOAT32, 75).close();
      assertEquals(new MemoryUse(400, 700), device.memory());
      first.close();
      assertEquals(new MemoryUse(0, 700), device.memory());
    }
  }

  @OnEveryDevice
  void more_memory_than_there_is_is_refused_and_the_device_stays_usable(Bench bench) {
    MemoryUse before = bench.device().memory();
    String message =
        assertThrows(
                DeviceOutOfMemoryException.class,
                () -> bench.device().allocate(DType.FLOAT32, 1L << 28, 1L << 30))
            .getMessage();
    assertTrue(message.contains("1,152,921,504,606,846,976 bytes"), message);
    assertTrue(message.contains("FLOAT32 [268435456, 1073741824]"), message);
    assertEquals(before, bench.device().memory());
    Tensor tensor = bench.floats(new double[] {3, 4});
    Tensor norm = bench.output(1);
    bench.kernels().gradientNorm(tensor, norm);
    assertArrayEquals(new float[] {5}, norm.toFloats());
  }

  @OnEveryDevice
  void more_bytes_than_a_long_counts_are_refused(Bench bench) {
    for (DType type : DType.values()) {
      String message =
          assertThrows(
                  DeviceOutOfMemoryException.class,
                  () -> bench.device().allocate(type, Long.MAX_VALUE))
              .getMessage();
      assertTrue(message.contains(type + " [9223372036854775807]"), message);
    }
  }

  @Test
  void a_closed_device_refuses_to_work() {
    Device device = Device.cpu(2);
    Tensor tensor = device.allocate(DType.FLOAT32, 2);
    Tensor norm = device.allocate(DType.FLOAT32, 1);
    try (LogCapture log = new LogCapture("dev.surprisal.device")) {
      device.close();
      assertEquals(
          List.of("WARNING cpu (2 threads) was closed while tensors hold 12 bytes of its memory"),
          log.lines("was closed"));
      device.close();
      assertEquals(1, log.lines("was closed").size(), "a second time does nothing");
    }
    assertThrows(IllegalStateException.class, () -> device.allocate(DType.FLOAT32, 2));
    assertThrows(IllegalStateException.class, () -> device.kernels().gradientNorm(tensor, norm));
    tensor.close();
    norm.close();
    assertEquals(0, device.memory().current());
  }

  @Test
  void closing_a_device_whose_tensors_are_closed_is_silent() {
    try (LogCapture log = new LogCapture("dev.surprisal.device")) {
      Device device = Device.cpu(2);
      try (Bench bench = Bench.aligned(device)) {
        // Leaves workspaces behind, which are the device's own.
        Operations.ALL.forEach(operation -> operation.results(bench));
      }
      device.close();
      assertEquals(List.of(), log.lines("was closed"));
      assertEquals(0, device.memory().current());
    }
  }
}
