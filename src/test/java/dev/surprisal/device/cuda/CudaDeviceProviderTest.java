package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DeviceUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaDeviceProviderTest {
  @TempDir Path root;

  @Test
  void without_a_driver_it_says_that_the_driver_is_missing_and_how_to_install_it() {
    String missing = provider(null).missing().orElseThrow();
    assertTrue(missing.contains("no NVIDIA driver is loaded"), missing);
    assertTrue(missing.contains("sudo apt install nvidia-driver"), missing);
  }

  @Test
  void with_a_driver_and_no_library_it_names_the_library() throws IOException {
    loadDriver();
    String missing = provider(null).missing().orElseThrow();
    assertTrue(missing.contains("libcuda.so.1 was not found"), missing);
    assertTrue(missing.contains("--gpus all"), missing);
  }

  @Test
  void the_library_is_found_in_the_system_and_on_the_library_path() throws IOException {
    loadDriver();
    Path other = Files.createDirectories(root.resolve("opt/driver"));
    Files.createFile(other.resolve("libcuda.so.1"));
    assertTrue(provider(null).describe().contains("libcuda.so.1: not found"));
    assertEquals(
        "libcuda.so.1: " + other.resolve("libcuda.so.1"),
        provider("/nowhere:" + other).describe().get(1));
    Path system = Files.createDirectories(root.resolve("usr/lib/x86_64-linux-gnu"));
    Files.createFile(system.resolve("libcuda.so.1"));
    assertEquals("libcuda.so.1: " + system.resolve("libcuda.so.1"), provider("").describe().get(1));
  }

  @Test
  void the_drivers_version_is_read() throws IOException {
    loadDriver();
    assertEquals("driver: 570.86.15", provider(null).describe().get(0));
  }

  @Test
  void opening_it_fails_with_what_is_missing() {
    DeviceUnavailableException failure =
        assertThrows(DeviceUnavailableException.class, () -> provider(null).open(0, 0));
    assertEquals(provider(null).missing().orElseThrow(), failure.getMessage());
  }

  private CudaDeviceProvider provider(String libraryPath) {
    return new CudaDeviceProvider(new NvidiaDriver(root, libraryPath));
  }

  private void loadDriver() throws IOException {
    Path folder = Files.createDirectories(root.resolve("proc/driver/nvidia"));
    Files.writeString(
        folder.resolve("version"),
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.15  Thu Jan 23 2025\n");
  }
}
