package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * CUDA's real libraries on a machine without a GPU, in a JVM of their own: whatever they lack, the
 * JVM must tell it and live.
 */
class PresetsTest {
  @TempDir Path folder;

  /** What the forked JVM runs. */
  public static final class Report {
    private Report() {}

    /**
     * Prints what keeps CUDA from being used, and what doctor tells.
     *
     * @param args none
     */
    public static void main(String[] args) {
      for (DeviceProvider kind : Device.kinds()) {
        if (kind.kind().equals("cuda")) {
          System.out.println(kind.missing().orElse("ready"));
          kind.describe().forEach(System.out::println);
        }
      }
      try (Device device = Device.auto()) {
        System.out.println("auto takes " + device);
      }
    }
  }

  @BeforeEach
  void requireNoGpu() {
    assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")), "there is a driver");
  }

  private String report() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
            "-cp",
            System.getProperty("java.class.path"),
            Report.class.getName());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    Path out = folder.resolve("out");
    Process process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    String text = Files.readString(out);
    assertEquals(0, process.exitValue(), text);
    assertTrue(text.contains("auto takes cpu"), text);
    return text;
  }

  /** A driver library without a single function. */
  private void compileDriver() throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("empty.c"), "");
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-Wl,-soname,libcuda.so.1",
                  "-o",
                  folder.resolve("libcuda.so.1").toString(),
                  source.toString())
              .inheritIO()
              .start();
    } catch (IOException none) {
      assumeTrue(false, "no C compiler: " + none.getMessage());
      return;
    }
    assertEquals(0, compiler.waitFor());
  }

  private static Path runtime() {
    List<Path> folders =
        Stream.of("/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu").map(Path::of).toList();
    Path found =
        folders.stream()
            .map(folder -> folder.resolve("libcudart.so.13"))
            .filter(Files::exists)
            .findFirst()
            .orElse(null);
    assumeTrue(found != null, "no libcudart.so.13 on this machine");
    return found;
  }

  @Test
  void without_a_driver_nothing_is_loaded() throws IOException, InterruptedException {
    String report = report();
    assertTrue(report.startsWith("no NVIDIA driver is loaded"), report);
  }

  @Test
  void a_driver_library_that_does_nothing_is_reported_as_one_that_is_not_working()
      throws IOException, InterruptedException {
    compileDriver();
    Files.createSymbolicLink(folder.resolve("libcudart.so.13"), runtime().toRealPath());
    String report = report();
    assertTrue(report.contains("(error 35); the driver is not working"), report);
    assertTrue(report.contains("needs driver 580.65.06 or newer"), report);
    assertTrue(report.contains("CUDA of the driver: up to 0.0"), report);
    assertTrue(report.contains("CUDA runtime: 13."), report);
  }

  @Test
  void a_file_that_is_no_library_is_reported() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("libcuda.so.1"), "no library at all");
    String report = report();
    assertTrue(report.contains("CUDA runtime: not loaded: "), report);
  }
}
