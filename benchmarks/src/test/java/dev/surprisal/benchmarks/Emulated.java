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

  /** Leaves a test out where the library's tests or the emulated kernels have not been built. */
  public static void assume() {
    try {
      Optional<?> missing = (Optional<?>) Class.forName(DEVICES).getMethod("missing").invoke(null);
      assumeTrue(missing.isEmpty(), missing::toString);
    } catch (ClassNotFoundException absent) {
      assumeTrue(false, "the library's tests have not been built: " + absent.getMessage());
    } catch (ReflectiveOperationException failure) {
      throw new IllegalStateException(failure);
    }
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
