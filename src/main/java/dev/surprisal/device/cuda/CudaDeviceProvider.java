package dev.surprisal.device.cuda;

import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import dev.surprisal.device.DeviceUnavailableException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Says what keeps an NVIDIA GPU from being used. */
public final class CudaDeviceProvider implements DeviceProvider {
  private static final String NO_KERNELS =
      "this version of Surprisal has no CUDA kernels yet; use --device cpu";

  private final NvidiaDriver driver;

  /** For {@link java.util.ServiceLoader}. */
  public CudaDeviceProvider() {
    this(new NvidiaDriver(Path.of("/"), System.getenv("LD_LIBRARY_PATH")));
  }

  CudaDeviceProvider(NvidiaDriver driver) {
    this.driver = driver;
  }

  @Override
  public String kind() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 1;
  }

  @Override
  public Optional<String> missing() {
    if (driver.version().isEmpty()) {
      return Optional.of(
          "no NVIDIA driver is loaded (no /proc/driver/nvidia/version): on a machine with an NVIDIA"
              + " GPU install the driver, on Debian and Ubuntu with: sudo apt install"
              + " nvidia-driver");
    }
    if (driver.library().isEmpty()) {
      return Optional.of(
          "the driver is loaded, but its library libcuda.so.1 was not found: install it (Debian:"
              + " sudo apt install libcuda1), or in a container run it with --gpus all");
    }
    return Optional.of(NO_KERNELS);
  }

  @Override
  public List<String> describe() {
    return List.of(
        "driver: " + driver.version().orElse("none"),
        "libcuda.so.1: " + driver.library().map(Path::toString).orElse("not found"));
  }

  @Override
  public Device open(int index, int threads) {
    throw new DeviceUnavailableException(missing().orElse(NO_KERNELS));
  }
}
