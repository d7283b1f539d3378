package dev.surprisal.device.cpu;

import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import dev.surprisal.device.DeviceUnavailableException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/** The CPU as a kind of device. */
public final class CpuDeviceProvider implements DeviceProvider {
  /** For {@link java.util.ServiceLoader}. */
  public CpuDeviceProvider() {}

  @Override
  public String kind() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<String> missing() {
    try {
      Blas.load();
      return Optional.empty();
    } catch (IllegalStateException missing) {
      return Optional.of(missing.getMessage());
    }
  }

  @Override
  public List<String> describe() {
    return List.of(
        "processors: " + Runtime.getRuntime().availableProcessors(),
        String.format("memory: %,d MiB", Pointer.totalPhysicalBytes() >> 20),
        "matrix products: " + Blas.version() + " for " + Loader.Detector.getPlatform());
  }

  @Override
  public Device open(int index, int threads) {
    if (index != 0) {
      throw new DeviceUnavailableException("there is one CPU, cpu:0, found cpu:" + index);
    }
    return new CpuDevice(threads);
  }
}
