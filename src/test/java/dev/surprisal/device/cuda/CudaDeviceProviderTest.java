package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.surprisal.device.DeviceUnavailableException;
import dev.surprisal.device.cuda.CudaSystem.Gpu;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDeviceProviderTest {
  private static final String BUILD = "cuda 13.0: sm_75 sm_90 compute_120";

  @TempDir Path root;

  private CudaDeviceProvider provider(String libraryPath, CudaSystem cuda) {
    return new CudaDeviceProvider(new NvidiaDriver(root, libraryPath), () -> cuda);
  }

  private CudaDeviceProvider provider(CudaSystem cuda) {
    return provider(null, cuda);
  }

  private String missing(CudaSystem cuda) {
    return provider(cuda).missing().orElseThrow();
  }

  private static CudaSystem gpus(Gpu... gpus) {
    return new CudaSystem(null, 13000, 13000, 0, "no error", List.of(gpus), BUILD, null);
  }

  private static CudaSystem status(int status, String text, int driverVersion) {
    return new CudaSystem(null, 13000, driverVersion, status, text, List.of(), BUILD, null);
  }

  @Test
  void without_a_driver_it_says_that_the_driver_is_missing_and_loads_no_library() {
    CudaDeviceProvider provider =
        new CudaDeviceProvider(
            new NvidiaDriver(root, null), () -> fail("CUDA's libraries were asked"));
    String missing = provider.missing().orElseThrow();
    assertTrue(missing.contains("no NVIDIA driver is loaded"), missing);
    assertTrue(missing.contains("sudo apt install nvidia-driver"), missing);
    assertEquals(List.of("driver: none", "libcuda.so.1: not found"), provider.describe());
    DeviceUnavailableException failure =
        assertThrows(DeviceUnavailableException.class, () -> provider.open(0, 0));
    assertEquals(missing, failure.getMessage());
  }

  @Test
  void the_jar_that_messages_name_is_the_one_that_this_was_built_with() throws IOException {
    Properties jar = new Properties();
    try (InputStream in =
        getClass().getResourceAsStream("/META-INF/maven/org.bytedeco/cuda/pom.properties")) {
      jar.load(in);
    }
    assertEquals("org.bytedeco:cuda:" + jar.getProperty("version"), CudaDeviceProvider.PRESET);
  }

  @Test
  void a_library_without_a_kernel_module_is_tried_as_under_windows() throws IOException {
    Path folder = Files.createDirectories(root.resolve("usr/lib/wsl/lib"));
    Files.createFile(folder.resolve("libcuda.so.1"));
    assertEquals(Optional.empty(), provider(gpus(new Gpu("G", 9, 0))).missing());
  }

  /** The module is loaded. */
  @Nested
  class With_a_driver {
    @BeforeEach
    void load() throws IOException {
      Path folder = Files.createDirectories(root.resolve("proc/driver/nvidia"));
      Files.writeString(
          folder.resolve("version"),
          "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Thu Jan 23 2025\n");
    }

    @Test
    void its_version_is_read() {
      assertEquals("driver: 570.86.15", provider(gpus()).describe().get(0));
    }

    @Test
    void the_library_is_found_in_the_system_and_on_the_library_path() throws IOException {
      Path other = Files.createDirectories(root.resolve("opt/driver"));
      Files.createFile(other.resolve("libcuda.so.1"));
      assertEquals("libcuda.so.1: not found", provider(gpus()).describe().get(1));
      assertEquals(
          "libcuda.so.1: " + other.resolve("libcuda.so.1"),
          provider("/nowhere:" + other, gpus()).describe().get(1));
      Path system = Files.createDirectories(root.resolve("usr/lib/x86_64-linux-gnu"));
      Files.createFile(system.resolve("libcuda.so.1"));
      assertEquals(
          "libcuda.so.1: " + system.resolve("libcuda.so.1"),
          provider("", gpus()).describe().get(1));
    }

    @Test
    void a_library_that_is_missing_is_named_with_what_brings_it() {
      String end = ": cannot open shared object file: No such file or directory";
      String missing = missing(CudaSystem.notLoaded("/x/libjnicudart.so: libcuda.so.1" + end));
      assertTrue(missing.contains("libcuda.so.1 was not found"), missing);
      assertTrue(missing.contains("--gpus all"), missing);
      missing = missing(CudaSystem.notLoaded("/x/libjnicudart.so: libcudart.so.13" + end));
      assertTrue(missing.contains("libcudart.so.13 was not found: install CUDA 13"), missing);
      assertTrue(missing.contains("classifier linux-x86_64-redist "), missing);
      missing = missing(CudaSystem.notLoaded("no jnicudart in java.library.path"));
      assertTrue(missing.contains("(no jnicudart in java.library.path)"), missing);
      assertTrue(missing.contains("org.bytedeco:cuda:"), missing);
      assertTrue(
          provider(CudaSystem.notLoaded("no jnicudart"))
              .describe()
              .contains("CUDA runtime: not loaded: no jnicudart"));
    }

    @Test
    void a_driver_that_is_too_old_is_told_which_one_is_needed() {
      String missing =
          missing(
              status(35, "CUDA driver version is insufficient for CUDA runtime version", 12080));
      assertEquals(
          "CUDA says: CUDA driver version is insufficient for CUDA runtime version (error 35); the"
              + " driver 570.86.15 knows CUDA up to 12.8 and the runtime is CUDA 13.0, which needs"
              + " driver 580.65.06 or newer: on Debian and Ubuntu, sudo apt install nvidia-driver",
          missing);
      assertTrue(missing(status(35, "x", 0)).contains("driver 570.86.15 is not working"));
    }

    @Test
    void a_machine_without_a_gpu_says_so() {
      assertTrue(
          missing(status(100, "no CUDA-capable device is detected", 13000))
              .endsWith("is detected (error 100): check nvidia-smi and CUDA_VISIBLE_DEVICES"));
      assertTrue(missing(status(999, "unknown error", 13000)).endsWith("nvidia-smi"));
      assertTrue(missing(gpus()).startsWith("the driver sees no GPU"));
    }

    @Test
    void a_kernel_library_that_is_missing_or_of_the_wrong_kind_is_named() {
      List<Gpu> gpu = List.of(new Gpu("G", 9, 0));
      String missing =
          missing(new CudaSystem(null, 13000, 13000, 0, "", gpu, null, "no jnisurprisal"));
      assertTrue(missing.contains("(no jnisurprisal)"), missing);
      assertTrue(missing.contains("dev.surprisal:surprisal with the classifier linux-x86_64"));
      missing = missing(new CudaSystem(null, 13000, 13000, 0, "", gpu, "emulated", null));
      assertTrue(missing.contains("java.library.path"), missing);
    }

    @Test
    void a_gpu_that_the_kernels_were_not_built_for_is_refused() {
      String missing = missing(gpus(new Gpu("Old GPU", 7, 0)));
      assertTrue(missing.startsWith("Old GPU has compute capability 7.0"), missing);
      assertTrue(missing.contains(BUILD), missing);
    }

    @Test
    void a_gpu_that_is_not_there_is_refused() {
      CudaDeviceProvider provider = provider(gpus(new Gpu("G", 9, 0)));
      for (int index : new int[] {-1, 1}) {
        String message =
            assertThrows(DeviceUnavailableException.class, () -> provider.open(index, 0))
                .getMessage();
        assertEquals("there is no cuda:" + index + ", only cuda:0 to cuda:0", message);
      }
    }

    @Test
    void beside_one_that_can_be_used_a_gpu_that_cannot_is_refused_by_its_number() {
      CudaDeviceProvider provider = provider(gpus(new Gpu("New", 9, 0), new Gpu("Old", 7, 0)));
      assertEquals(Optional.empty(), provider.missing());
      String message =
          assertThrows(DeviceUnavailableException.class, () -> provider.open(1, 0)).getMessage();
      assertTrue(message.startsWith("Old has compute capability 7.0"), message);
    }
  }
}
