package dev.surprisal.device.cuda;

import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceException;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.DeviceProvider;
import dev.surprisal.device.DeviceUnavailableException;
import dev.surprisal.device.cuda.CudaSystem.Gpu;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** NVIDIA GPUs as a kind of device; explains why a GPU cannot be used and how to fix it. */
public final class CudaDeviceProvider implements DeviceProvider {
  private static final Logger LOG = System.getLogger(CudaDeviceProvider.class.getPackageName());
  static final String PRESET = "org.bytedeco:cuda:13.1-9.19-1.5.13";
  private static final int NO_DEVICE = 100;

  private final NvidiaDriver driver;
  private final Supplier<CudaSystem> cuda;

  /** For {@link java.util.ServiceLoader}. */
  public CudaDeviceProvider() {
    this(new NvidiaDriver(Path.of("/"), System.getenv("LD_LIBRARY_PATH")), CudaSystem::ask);
  }

  CudaDeviceProvider(NvidiaDriver driver, Supplier<CudaSystem> cuda) {
    this.driver = driver;
    this.cuda = cuda;
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
    // Without any trace of a driver no library is loaded.
    if (!driverSeen()) {
      return Optional.of(
          "no NVIDIA driver is loaded (no /proc/driver/nvidia/version): on a machine with an NVIDIA"
              + " GPU install the driver, on Debian and Ubuntu with: sudo apt install"
              + " nvidia-driver");
    }
    CudaSystem found = cuda.get();
    if (found.loadFailure() != null) {
      return Optional.of(missingLibrary(found.loadFailure()));
    }
    if (found.status() != 0) {
      return Optional.of(unusable(found));
    }
    if (found.gpus().isEmpty()) {
      return Optional.of("the driver sees no GPU: check nvidia-smi and CUDA_VISIBLE_DEVICES");
    }
    if (found.build() == null) {
      return Optional.of(
          "the kernel library could not be loaded ("
              + found.buildFailure()
              + "): add the jar dev.surprisal:surprisal with the classifier linux-x86_64 to the"
              + " class path, or build it with: cmake --workflow --preset cuda");
    }
    if (!found.build().startsWith("cuda ")) {
      return Optional.of(
          "the kernel library on the path was built for the host ("
              + found.build()
              + "): remove its folder from java.library.path");
    }
    return found.gpus().stream().anyMatch(gpu -> coverage(found, gpu).isPresent())
        ? Optional.empty()
        : Optional.of(notCovered(found, 0));
  }

  private boolean driverSeen() {
    return driver.version().isPresent() || driver.library().isPresent();
  }

  private static String missingLibrary(String failure) {
    if (failure.contains("libcuda.so")) {
      return "the driver is loaded, but its library libcuda.so.1 was not found: install it (Debian:"
          + " sudo apt install libcuda1), or in a container run it with --gpus all";
    }
    if (failure.contains("libcudart.so")) {
      return "CUDA's runtime library libcudart.so.13 was not found: install CUDA 13 (Debian and"
          + " Ubuntu, from NVIDIA's packages: sudo apt install cuda-toolkit-13-0), or add the jar "
          + PRESET
          + " with the classifier linux-x86_64-redist to the class path";
    }
    return "CUDA's Java binding could not be loaded ("
        + failure
        + "): add the jar "
        + PRESET
        + " with the classifier linux-x86_64 to the class path";
  }

  /** Explains a status of CUDA's runtime other than success. */
  private String unusable(CudaSystem found) {
    String said = "CUDA says: " + found.statusText() + " (error " + found.status() + ")";
    if (found.driverVersion() / 1000 < found.runtimeVersion() / 1000) {
      return said
          + "; the driver "
          + driver.version().map(version -> version + " ").orElse("")
          + (found.driverVersion() == 0
              ? "is not working"
              : "knows CUDA up to " + version(found.driverVersion()))
          + " and the runtime is CUDA "
          + version(found.runtimeVersion())
          + ", which needs driver "
          + NvidiaDriver.neededFor(found.runtimeVersion() / 1000)
          + " or newer: on Debian and Ubuntu, sudo apt install nvidia-driver";
    }
    return found.status() == NO_DEVICE
        ? said + ": check nvidia-smi and CUDA_VISIBLE_DEVICES"
        : said + ": check nvidia-smi";
  }

  private static Optional<String> coverage(CudaSystem found, Gpu gpu) {
    return new Architectures(found.build()).covering(gpu.major(), gpu.minor());
  }

  private static String notCovered(CudaSystem found, int index) {
    Gpu gpu = found.gpus().get(index);
    return String.format(
        "%s has compute capability %d.%d, which the kernel library was not built for (%s): build it"
            + " with that architecture added in cmake/",
        gpu.name(), gpu.major(), gpu.minor(), found.build());
  }

  private static String version(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  @Override
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    lines.add("driver: " + driver.version().orElse("none"));
    lines.add("libcuda.so.1: " + driver.library().map(Path::toString).orElse("not found"));
    if (driverSeen()) {
      describe(cuda.get(), lines);
    }
    return lines;
  }

  private static void describe(CudaSystem found, List<String> lines) {
    if (found.loadFailure() != null) {
      lines.add("CUDA runtime: not loaded: " + found.loadFailure());
      return;
    }
    lines.add("CUDA runtime: " + version(found.runtimeVersion()));
    lines.add("CUDA of the driver: up to " + version(found.driverVersion()));
    lines.add("kernels: " + (found.build() == null ? found.buildFailure() : found.build()));
    for (int i = 0; i < found.gpus().size(); i++) {
      Gpu gpu = found.gpus().get(i);
      lines.add(
          String.format(
              "cuda:%d: %s, compute capability %d.%d, %s, %s",
              i,
              gpu.name(),
              gpu.major(),
              gpu.minor(),
              found.build() == null ? "no kernels" : coverage(found, gpu).orElse("no kernels"),
              PresetQueries.memory(i)));
    }
  }

  @Override
  public Device open(int index, int threads) {
    missing()
        .ifPresent(
            missing -> {
              throw new DeviceUnavailableException(missing);
            });
    CudaSystem found = cuda.get();
    if (index < 0 || index >= found.gpus().size()) {
      throw new DeviceUnavailableException(
          "there is no cuda:" + index + ", only cuda:0 to cuda:" + (found.gpus().size() - 1));
    }
    Gpu gpu = found.gpus().get(index);
    if (coverage(found, gpu).isEmpty()) {
      throw new DeviceUnavailableException(notCovered(found, index));
    }
    String machine =
        gpu.name()
            + ", driver "
            + driver.version().orElse("unknown")
            + ", runtime "
            + found.runtimeVersion()
            + ", "
            + found.build();
    try {
      PresetRuntime runtime = new PresetRuntime(index, gpu.name());
      return new CudaDevice("cuda:" + index, runtime, device -> products(device, machine));
    } catch (DeviceException | DeviceOutOfMemoryException failure) {
      throw new DeviceUnavailableException(
          "cuda:" + index + " could not be opened: " + failure.getMessage());
    }
  }

  /** Creates the products: the library's kernel and, if it can be loaded, cuBLAS. */
  private static Products products(CudaDevice device, String machine) {
    List<ProductKernel> ways = new ArrayList<>(List.of(new OwnProducts(device)));
    try {
      ways.add(new CublasProducts(device));
    } catch (LinkageError | DeviceException missing) {
      LOG.log(
          Level.INFO,
          "cuBLAS is not used ({0}): to time it against the built-in products, install it with"
              + " CUDA 13 or add the jar {1} with the classifier linux-x86_64-redist-cublas",
          CudaSystem.words(missing),
          PRESET);
    }
    Path file =
        Plans.fileFor(machine, System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"));
    return new Products(device, ways, new Plans(file, machine));
  }
}
