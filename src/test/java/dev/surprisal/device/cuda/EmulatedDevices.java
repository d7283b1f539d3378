package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_build;

import dev.surprisal.device.Device;
import java.util.List;
import java.util.Optional;

/**
 * The CUDA device on the host: all of its Java, and the kernels as the emulator runs them. Only the
 * presets of CUDA's own libraries are replaced, by {@link EmulatedRuntime}.
 */
public final class EmulatedDevices {
  private EmulatedDevices() {}

  /**
   * What keeps it from being used.
   *
   * @return why, or empty
   */
  public static Optional<String> missing() {
    try {
      String build = surprisal_build().getString();
      return build.startsWith("emulated")
          ? Optional.empty()
          : Optional.of("the kernel library that was loaded is " + build);
    } catch (LinkageError missing) {
      return Optional.of(CudaSystem.words(missing));
    }
  }

  /**
   * Whether it can be used.
   *
   * @return whether nothing is {@link #missing}
   */
  public static boolean present() {
    return missing().isEmpty();
  }

  /**
   * Another one, with as much memory as the host has.
   *
   * @return an open device
   */
  public static Device open() {
    return open(new EmulatedRuntime(Long.MAX_VALUE));
  }

  static CudaDevice open(EmulatedRuntime runtime) {
    return new CudaDevice(
        "emulated",
        runtime,
        device -> new Products(device, List.of(new OwnProducts(device)), null));
  }
}
