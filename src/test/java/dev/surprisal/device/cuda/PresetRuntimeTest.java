package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceException;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.LogCapture;
import dev.surprisal.device.MatmulPrecision;
import dev.surprisal.device.Operations;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Stopwatch;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.CudaSystem.Gpu;
import dev.surprisal.device.cuda.ProductShape.Form;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The presets' real code, in a JVM of its own, above libraries of CUDA's names that work on host
 * memory: whether what they are given is what CUDA takes.
 */
@Emulated
class PresetRuntimeTest {
  @Test
  void cuda_is_called_as_it_should_be(@TempDir Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    compile(folder);
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
            "-Dorg.bytedeco.javacpp.platform.linkpath=" + folder,
            "-Djava.library.path=" + System.getProperty("java.library.path"),
            "-cp",
            System.getProperty("java.class.path"),
            Checks.class.getName());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
    assertEquals(0, process.exitValue(), Files.readString(out));
  }

  private static void compile(Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    int status =
        new ProcessBuilder(
                "sh", resource("host-libraries.sh"), resource("cuda_on_host.c"), folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assumeTrue(status != 77, "no C compiler");
    assertEquals(0, status);
  }

  private static String resource(String name) throws URISyntaxException {
    return Path.of(PresetRuntimeTest.class.getResource(name).toURI()).toString();
  }

  /** What the forked JVM runs; it ends well or with what is wrong. */
  public static final class Checks {
    private Checks() {}

    /**
     * All of them.
     *
     * @param args none
     */
    public static void main(String[] args) {
      whatThereIsIsAsked();
      everyOperationIsAsOnTheEmulatedRuntime();
      memoryIsCountedAndWhatIsNotThereIsRefused();
      workIsTimedByEvents();
      copiesAreCaptured();
      whatCannotBeCapturedIsNot();
      productsOfCublasAreOurs();
      productsOfBfloat16ByCublasAreOurs();
    }

    private static CudaDevice open() {
      return new CudaDevice(
          "cuda:1",
          new PresetRuntime(1, "GPU"),
          device -> new Products(device, List.of(new OwnProducts(device)), null));
    }

    private static void assertAllGivenBack() {
      long[] memory = PresetRuntime.memoryOfThisThreadsGpu();
      assertEquals(memory[1], memory[0]);
    }

    private static void whatThereIsIsAsked() {
      CudaSystem found = CudaSystem.ask();
      assertEquals(null, found.loadFailure());
      assertEquals(
          List.of(
              new Gpu("GPU of the host, number 0", 9, 0),
              new Gpu("GPU of the host, number 1", 9, 1)),
          found.gpus());
      assertEquals(13000, found.runtimeVersion());
      assertEquals(13010, found.driverVersion());
      assertEquals("emulated", found.build());
      assertEquals("1,024 of 1,024 MiB free", PresetQueries.memory(1));
    }

    private static void everyOperationIsAsOnTheEmulatedRuntime() {
      try (Device emulated = EmulatedDevices.open();
          Device presets = open()) {
        Operations.assertSameBits(List.of(emulated, presets));
      }
      assertAllGivenBack();
    }

    private static void memoryIsCountedAndWhatIsNotThereIsRefused() {
      try (CudaDevice device = open();
          Tensor tensor = device.allocate(DType.INT32, 1 << 20)) {
        assertThrows(DeviceOutOfMemoryException.class, () -> device.allocate(DType.INT64, 1 << 27));
        int[] values = Samples.integers(1, 1 << 20, 1 << 30);
        tensor.write(values);
        assertArrayEquals(values, tensor.toInts());
      }
      assertAllGivenBack();
    }

    private static void workIsTimedByEvents() {
      long spin = 20_000_000;
      double least = Double.POSITIVE_INFINITY;
      try (CudaDevice device = open()) {
        Stopwatch left = device.stopwatch();
        left.start();
        try (Stopwatch stopwatch = device.stopwatch()) {
          for (int i = 0; i < 7; i++) {
            stopwatch.start();
            device.probe().spin(spin);
            stopwatch.stop();
            least = Math.min(least, 1e3 * stopwatch.microseconds());
          }
        }
        device.probe().barriers(10);
      }
      double found = least;
      assertTrue(spin - 500 <= found && found < 1.75 * spin, () -> "took " + found + " ns");
      assertAllGivenBack();
    }

    /** Copies and zeroing alone: these libraries do not see kernels. */
    private static void copiesAreCaptured() {
      try (CudaDevice device = open();
          Tensor source = device.allocate(DType.INT32, 3);
          Tensor target = device.allocate(DType.INT32, 3);
          Recording recording =
              device.recording(
                  () -> {
                    target.copyFrom(source);
                    source.slice(1, 1).zero();
                  })) {
        for (int run = 0; run < 4; run++) {
          source.write(run, 7, 8);
          recording.run();
          assertArrayEquals(new int[] {run, 7, 8}, target.toInts());
          assertArrayEquals(new int[] {run, 0, 8}, source.toInts());
          assertEquals(run >= 1, device.hasGraphs());
        }
      }
      assertAllGivenBack();
    }

    private static void whatCannotBeCapturedIsNot() {
      try (CudaDevice device = open();
          LogCapture log = new LogCapture("dev.surprisal.device.cuda");
          Recording recording = device.recording(() -> device.runtime().synchronize())) {
        for (int run = 0; run < 3; run++) {
          recording.run();
        }
        assertEquals(
            1, log.lines("one CUDA graph: cudaStreamSynchronize: error 901 of the host").size());
      }
      assertThrows(DeviceException.class, () -> new PresetRuntime(7, "none"));
      assertAllGivenBack();
    }

    private static void productsOfCublasAreOurs() {
      try (Device emulated = EmulatedDevices.open();
          Device cublas =
              new CudaDevice(
                  "cuda:1",
                  new PresetRuntime(1, "GPU"),
                  device -> new Products(device, List.of(new CublasProducts(device)), null))) {
        for (boolean accumulate : new boolean[] {false, true}) {
          List<float[]> expected = products(emulated, accumulate);
          List<float[]> found = products(cublas, accumulate);
          for (int i = 0; i < expected.size(); i++) {
            Tolerance.FLOAT32
                .around(8)
                .assertClose("tensor " + i, Samples.doubles(expected.get(i)), found.get(i));
          }
        }
        float exact = products(cublas, false).get(0)[0];
        cublas.matmulPrecision(MatmulPrecision.HIGH);
        float rounded = products(cublas, false).get(0)[0];
        assertTrue(exact != rounded && Math.abs(exact - rounded) < 0x1p-9 * Math.abs(exact));
      }
      assertAllGivenBack();
    }

    private static void productsOfBfloat16ByCublasAreOurs() {
      try (Device emulated = EmulatedDevices.open();
          CudaDevice cublas =
              new CudaDevice(
                  "cuda:1",
                  new PresetRuntime(1, "GPU"),
                  device -> new Products(device, List.of(new CublasProducts(device)), null))) {
        Tolerance.FLOAT32
            .around(8)
            .assertClose("output", Samples.doubles(ofHalves(emulated)), ofHalves(cublas));
        try (CublasProducts products = new CublasProducts(cublas)) {
          ProductShape shape = new ProductShape().set(Form.NN, 5, 7, 3, false, false, false);
          assertTrue(products.takes(shape));
          assertFalse(products.takes(shape.types(DType.FLOAT32, DType.BFLOAT16)));
        }
      }
      assertAllGivenBack();
    }

    private static float[] ofHalves(Device device) {
      try (Tensor floats = device.allocate(DType.FLOAT32, 3 * 7 + 5 * 7);
          Tensor halves = device.allocate(DType.BFLOAT16, 3 * 7 + 5 * 7);
          Tensor bias = device.allocate(DType.FLOAT32, 3);
          Tensor output = device.allocate(DType.FLOAT32, 5, 3)) {
        floats.write(Samples.floats(Samples.normal(1, 3 * 7 + 5 * 7, 1)));
        bias.write(1, 2, 3f);
        device.kernels().convert(floats, halves);
        device.kernels().linear(halves.slice(0, 3, 7), bias, halves.slice(3 * 7, 5, 7), output);
        return output.toFloats();
      }
    }

    /** Output and gradients of a linear layer of odd sizes: each form of product, and a bias. */
    private static List<float[]> products(Device device, boolean accumulate) {
      int rows = 5;
      int in = 7;
      int out = 3;
      List<Tensor> tensors = new ArrayList<>();
      long[][] shapes = {{out, in}, {out}, {rows, in}, {rows, out}, {out, in}, {out}, {rows, in}};
      for (long[] shape : shapes) {
        Tensor tensor = device.allocate(DType.FLOAT32, shape);
        int count = (int) tensor.elements();
        tensor.write(Samples.floats(Samples.normal(tensors.size() + 1, count, 1)));
        tensors.add(tensor);
      }
      Tensor weight = tensors.get(0);
      Tensor bias = tensors.get(1);
      Tensor input = tensors.get(2);
      Tensor output = tensors.get(3);
      Kernels kernels = device.kernels();
      kernels.linearBackward(
          weight, input, output, accumulate, tensors.get(4), tensors.get(5), tensors.get(6));
      kernels.linear(weight, bias, input, output);
      List<float[]> results =
          List.of(output, tensors.get(4), tensors.get(5), tensors.get(6)).stream()
              .map(Tensor::toFloats)
              .toList();
      tensors.forEach(Tensor::close);
      return results;
    }
  }
}
