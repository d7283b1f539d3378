package dev.surprisal.benchmarks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.device.Device;
import java.util.Optional;

/**
 * The CUDA device's Java over kernels that run on the host, one of the library's tests: all that a
 * GPU would be asked for.
 */
public final class Emulated {
  private static final String DEVICES = "dev.surprisal.device.cuda.EmulatedDevices";

  private Emulated() {}

  /** What keeps it from being used: the library's tests or the emulated kernels are not built. */
  public static Optional<String> missing() {
    try {
      Optional<?> missing = (Optional<?>) Class.forName(DEVICES).getMethod("missing").invoke(null);
      return missing.map(Object::toString);
    } catch (ClassNotFoundException absent) {
      return Optional.of("the library's tests have not been built: " + absent.getMessage());
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** Leaves a test out where it is missing. */
  public static void assume() {
    assumeTrue(missing().isEmpty(), () -> missing().orElseThrow());
  }

  /** Another one. */
  public static Device open() {
    try {
      return (Device) Class.forName(DEVICES).getMethod("open").invoke(null);
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
