package dev.surprisal.benchmarks.jmh;

import dev.surprisal.device.Device;
import java.util.Optional;

/** Opens a device by the names that benchmarks take for it. */
final class BenchmarkDevice {
  /** The GPU, or where there is none the emulated device: either has the CUDA device's Java. */
  static final String GPU = "gpu";

  private static final String EMULATED = "dev.surprisal.device.cuda.EmulatedDevices";

  private BenchmarkDevice() {}

  static Device open(String name) {
    return switch (name) {
      case "cpu" -> Device.cpu();
      case GPU -> hasGpu() ? Device.cuda(0) : emulated();
      default ->
          throw new IllegalArgumentException(
              "expected device=cpu or device=" + GPU + ", found '" + name + "'");
    };
  }

  private static boolean hasGpu() {
    return Device.kinds().stream()
        .anyMatch(kind -> kind.kind().equals("cuda") && kind.missing().isEmpty());
  }

  /** It is one of the library's tests, which no jar holds: benchmarks/jmh lays them on the path. */
  private static Device emulated() {
    Class<?> devices;
    try {
      devices = Class.forName(EMULATED);
      Optional<?> missing = (Optional<?>) devices.getMethod("missing").invoke(null);
      if (missing.isEmpty()) {
        return (Device) devices.getMethod("open").invoke(null);
      }
      throw absent(missing.get().toString(), null);
    } catch (ReflectiveOperationException | LinkageError failure) {
      throw absent(failure.toString(), failure);
    }
  }

  private static IllegalStateException absent(String why, Throwable cause) {
    return new IllegalStateException(
        "there is neither a GPU nor the emulated device, which needs target/test-classes and"
            + " target/native/emulated as mvn verify leaves them: "
            + why,
        cause);
  }
}
