package dev.surprisal.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Answer.Refusal;
import dev.surprisal.benchmarks.measure.Answer.Turn;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.ProductRate;
import dev.surprisal.benchmarks.peers.CudnnLayer.Algorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The presets' real code, in a JVM of its own, above libraries of CUDA's names that work on host
 * memory: whether what they are given is what CUDA's take.
 */
class CudaPeersTest {
  private static final Path CUDA = Path.of("../src/test/resources/dev/surprisal/device/cuda");
  private static final Path CUDNN =
      Path.of("src/test/resources/dev/surprisal/benchmarks/peers/cudnn_on_host.c");

  @Test
  void cublas_and_cudnn_are_called_as_they_should_be(@TempDir Path folder)
      throws IOException, InterruptedException {
    compile(CUDA.resolve("cuda_on_host.c"), folder);
    compile(CUDNN, folder);
    checks(folder, WithCudnn.class);
  }

  @Test
  void without_cudnn_it_is_named_as_absent_and_cublas_is_measured(@TempDir Path folder)
      throws IOException, InterruptedException {
    compile(CUDA.resolve("cuda_on_host.c"), folder);
    checks(folder, WithoutCudnn.class);
  }

  private static void compile(Path source, Path folder) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder(
                "sh",
                CUDA.resolve("host-libraries.sh").toString(),
                source.toString(),
                folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assumeTrue(status != 77, "no C compiler");
    assertEquals(0, status);
  }

  private static void checks(Path folder, Class<?> checks)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("cache"),
            "-Dorg.bytedeco.javacpp.platform.linkpath=" + folder,
            "-cp",
            System.getProperty("java.class.path"),
            checks.getName());
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    builder.environment().put("CUDNN_CALLS", folder.resolve("calls").toString());
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it does not end");
    assertEquals(0, process.exitValue(), Files.readString(out));
  }

  /** What the forked JVM runs; it ends well or with what is wrong. */
  public static final class WithCudnn {
    private static final Effort SHORT = new Effort(0.001, 0.001, 3);
    private static final Path CALLS = Path.of(System.getenv().getOrDefault("CUDNN_CALLS", "calls"));

    private WithCudnn() {}

    /**
     * All of them.
     *
     * @param args none
     */
    public static void main(String[] args) {
      try {
        productsAreThoseOfTheFormula();
        aTrainingRunIsForwardThenBackTwice();
        typesAreTold();
        theFastestAlgorithmIsTimed();
        whatTheyDoNotHaveIsRefused();
        ratesAndTurnsAreSane();
        tooLargeIsRefused();
        allIsGivenBack();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private static void productsAreThoseOfTheFormula() {
      for (Type type : Type.values()) {
        for (int forms = 0; forms < 4; forms++) {
          products(type, (forms & 1) > 0, (forms & 2) > 0);
        }
      }
    }

    private static void products(Type type, boolean transposedA, boolean transposedB) {
      int m = 3;
      int n = 4;
      int k = 5;
      try (Cuda cuda = new Cuda(1);
          Cublas cublas = new Cublas(cuda, type)) {
        BytePointer a = cuda.random(type, m * k, 1);
        BytePointer b = cuda.random(type, k * n, 1);
        BytePointer c = cuda.zeros(4 * m * n);
        cublas.product(m, n, k, a, transposedA, b, transposedB, c);
        for (int i = 0; i < m; i++) {
          for (int j = 0; j < n; j++) {
            double sum = 0;
            for (int l = 0; l < k; l++) {
              sum +=
                  value(type, a, transposedA ? l * m + i : i * k + l)
                      * value(type, b, transposedB ? j * k + l : l * n + j);
            }
            double tolerance = type == Type.TF32 ? 1e-3 : 1e-6;
            assertEquals(sum, c.getFloat(4L * (i * n + j)), tolerance, type + " " + i + " " + j);
          }
        }
      }
    }

    /** The memory is the host's. */
    private static double value(Type type, BytePointer memory, int index) {
      return type == Type.BFLOAT16
          ? Float.intBitsToFloat(memory.getShort(2L * index) << 16)
          : memory.getFloat(4L * index);
    }

    private static Case layer(Operation operation, String type) {
      return Case.of(operation, 3, 5, 4).ofType(type).variant("tanh");
    }

    /** The calls of one run of a layer, from the first descriptor to the last. */
    private static List<String> calls(Operation operation, String type) throws IOException {
      Files.deleteIfExists(CALLS);
      boolean training = operation == Operation.RNN_TRAINING;
      try (Cuda cuda = new Cuda(1);
          CudnnRnn rnn = new CudnnRnn(cuda, layer(operation, type), Algorithm.STANDARD, training)) {
        rnn.run();
      }
      return Files.readAllLines(CALLS);
    }

    private static void aTrainingRunIsForwardThenBackTwice() throws IOException {
      List<String> descriptors =
          List.of(
              "create ",
              "create DropoutDescriptor",
              "create RNNDescriptor",
              "layer algorithm=0 cell=1 bias=2 direction=0 input_mode=0 type=0 precision=0 math=3"
                  + " input=4 hidden=4 projection=4 layers=1 flags=0",
              "create RNNDataDescriptor",
              "sequences type=0 layout=1 window=5 batch=3 size=4",
              "create TensorDescriptor");
      List<String> destroyed =
          List.of(
              "destroy TensorDescriptor",
              "destroy RNNDataDescriptor",
              "destroy RNNDescriptor",
              "destroy DropoutDescriptor",
              "destroy ");
      List<String> training = new ArrayList<>(descriptors);
      training.addAll(List.of("forward mode=1", "backward data", "backward weights mode=0"));
      training.addAll(destroyed);
      assertEquals(training, calls(Operation.RNN_TRAINING, "float32"));
      List<String> forward = new ArrayList<>(descriptors);
      forward.add("forward mode=0");
      forward.addAll(destroyed);
      assertEquals(forward, calls(Operation.RNN_FORWARD, "float32"));
    }

    private static void typesAreTold() throws IOException {
      for (Map.Entry<String, String> type :
          Map.of(
                  "float32", " type=0 precision=0 math=3 ",
                  "tf32", " type=0 precision=0 math=0 ",
                  "bfloat16", " type=9 precision=0 math=1 ")
              .entrySet()) {
        String layer = calls(Operation.RNN_TRAINING, type.getKey()).get(3);
        assertTrue(layer.contains(type.getValue()), layer);
      }
    }

    private static void theFastestAlgorithmIsTimed() throws IOException {
      Files.deleteIfExists(CALLS);
      try (CudnnPeer peer = new CudnnPeer(1)) {
        assertEquals(Map.of("cudnn", "91900"), peer.environment());
        Answer answer = peer.time(layer(Operation.RNN_TRAINING, "float32"), SHORT);
        Turn turn = assertInstanceOf(Turn.class, answer, answer::toString);
        assertTrue(turn.median() < 2000, "the other takes 2 ms: " + turn);
        // Weights and gradients, input, output and their gradients, three states, and what it asks.
        long bytes = 4 * (2 * 40 + 4 * 60 + 3 * 12) + 1000 + 2000;
        assertEquals(bytes, turn.peakBytes());
      }
      List<String> tried =
          Files.readAllLines(CALLS).stream()
              .filter(call -> call.startsWith("layer"))
              .map(call -> call.substring(0, "layer algorithm=0".length()))
              .collect(Collectors.toList());
      assertEquals(
          List.of(
              "layer algorithm=0", "layer algorithm=1", "layer algorithm=3", "layer algorithm=3"),
          tried);
    }

    private static void whatTheyDoNotHaveIsRefused() {
      Case step = Case.of(Operation.TRAINING_STEP, 100, 50, 50, 32, 35);
      Case gru = layer(Operation.RNN_FORWARD, "float32").variant("gru");
      try (CudnnPeer cudnn = new CudnnPeer(1);
          CublasPeer cublas = new CublasPeer(1)) {
        assertEquals(new Refusal("has no training_step"), cudnn.time(step, SHORT));
        assertEquals(new Refusal("has no training_step"), cublas.time(step, SHORT));
        assertEquals(new Refusal("expected the cell tanh, found gru"), cudnn.time(gru, SHORT));
      }
    }

    private static void ratesAndTurnsAreSane() {
      try (CublasPeer cublas = new CublasPeer(1)) {
        assertEquals(Map.of("cublas", "130000"), cublas.environment());
        for (String type : List.of("float32", "tf32", "bfloat16")) {
          double rate = cublas.flopsPerSecond(type, 64, SHORT).getAsDouble();
          assertTrue(rate > 1e6 && rate < 1e12, type + " " + rate);
          Case products = Case.of(Operation.PROJECTION_PRODUCTS, 16, 8, 32).ofType(type);
          Turn turn = assertInstanceOf(Turn.class, cublas.time(products, SHORT));
          assertTrue(turn.median() > 0, turn::toString);
        }
      }
    }

    private static void tooLargeIsRefused() {
      try (CublasPeer cublas = new CublasPeer(1);
          CudnnPeer cudnn = new CudnnPeer(1)) {
        Case products = Case.of(Operation.PROJECTION_PRODUCTS, 1 << 20, 64, 1 << 20);
        assertEquals(new Refusal("out of memory"), cublas.time(products, SHORT));
        Case layer = Case.of(Operation.RNN_FORWARD, 1 << 10, 1 << 10, 1 << 10).variant("tanh");
        assertEquals(new Refusal("out of memory"), cudnn.time(layer, SHORT));
      }
    }

    /** Of these libraries, what is still open counts as memory. */
    private static void allIsGivenBack() {
      try (SizeTPointer free = new SizeTPointer(1);
          SizeTPointer total = new SizeTPointer(1)) {
        assertEquals(0, cudart.cudaMemGetInfo(free, total));
        assertEquals(total.get(), free.get());
      }
    }
  }

  /** What the forked JVM runs where CUDA is there and cuDNN is not. */
  public static final class WithoutCudnn {
    private WithoutCudnn() {}

    /**
     * The check.
     *
     * @param args none
     */
    public static void main(String[] args) {
      List<String> absent = new ArrayList<>();
      List<Contestant> found = Peers.open("cuda:1", null, absent::add);
      assertEquals(List.of("cublas"), found.stream().map(Contestant::name).toList());
      assertInstanceOf(ProductRate.class, found.get(0));
      String why = absent.get(absent.size() - 1);
      assertTrue(why.startsWith("cudnn: libcudnn"), why);
      found.forEach(Contestant::close);
    }
  }
}
