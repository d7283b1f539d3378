package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.management.ThreadMXBean;
import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.Divergence;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.LossStatistics;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import dev.surprisal.oracle.Samples;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only the CPU's losses promise. */
class CpuLossesTest {
  private static final int N = 13;
  private static final int V = 3001;
  private static final int K = 5;

  /** All losses over rows, longer than a block, with all options and statistics. */
  private static List<Runnable> losses(Bench bench, List<Tensor> results) {
    Tensor logits = bench.floats(Samples.normal(1, N * V, 3), N, V);
    Tensor teacher = bench.floats(Samples.normal(2, N * V, 3), N, V);
    double[] even = new double[N * V];
    Arrays.fill(even, 1.0 / V);
    Tensor soft = bench.floats(even, N, V);
    double[] few = new double[N * K];
    Arrays.fill(few, 0.9 / K);
    Tensor sparse = bench.floats(few, N, K);
    Tensor ids = bench.ints(Samples.distinct(3, N, K, V), N, K);
    Tensor targets = bench.ints(Samples.integers(4, N, V));
    int[] backwards = new int[N];
    Arrays.setAll(backwards, n -> N - 1 - n);
    Tensor positions = bench.ints(backwards);
    Tensor arriving = bench.floats(Samples.normal(5, N, 1));
    CrossEntropyOptions smoothed = new CrossEntropyOptions(-100, 0.1f, null);
    List<Runnable> calls = new ArrayList<>();
    LossKernels k = bench.kernels().losses();
    for (int loss = 0; loss < 9; loss++) {
      boolean classes = loss != 2 && loss != 3;
      LossStatistics statistics =
          new LossStatistics(
              bench.output(N),
              classes ? bench.output(N) : null,
              bench.output(N),
              classes ? bench.output(N) : null,
              bench.ints(new int[N]));
      LossOptions options = loss == 0 ? LossOptions.NONE : new LossOptions(0.8f, 30, 0.01f, 0.1f);
      Tensor losses = bench.output(N);
      Tensor gradient = bench.output(N, V);
      results.addAll(List.of(losses, gradient, statistics.logSumExp(), statistics.entropy()));
      LossRows rows =
          new LossRows(logits, positions, arriving, null, options, losses, statistics, gradient);
      calls.add(
          switch (loss) {
            case 0 -> () -> k.crossEntropy(targets, CrossEntropyOptions.PLAIN, rows);
            case 1 -> () -> k.crossEntropy(targets, smoothed, rows);
            case 2 -> () -> k.crossEntropySoft(soft, smoothed, rows);
            case 3 -> () -> k.crossEntropySparse(ids, sparse, rows);
            case 4 -> () -> k.focal(targets, -100, null, 2, rows);
            case 5 -> () -> k.unlikelihood(targets, ids, -100, 0.5f, rows);
            default -> {
              Divergence kind = Divergence.values()[loss - 6];
              DivergenceOptions how = new DivergenceOptions(kind, 0.3f, 2, 0.5f, -100);
              yield () -> k.divergence(teacher, targets, how, rows);
            }
          });
    }
    return calls;
  }

  @Test
  void rows_of_several_blocks_are_the_same_bits_on_one_two_and_three_threads() {
    List<int[]> expected = null;
    for (Device device : TestDevices.ofKind("cpu")) {
      try (Bench bench = Bench.odd(device)) {
        List<Tensor> results = new ArrayList<>();
        losses(bench, results).forEach(Runnable::run);
        List<int[]> found = results.stream().map(Bench::bits).toList();
        expected = expected == null ? found : expected;
        for (int i = 0; i < found.size(); i++) {
          assertArrayEquals(expected.get(i), found.get(i), "result " + i + " on " + device);
        }
      }
    }
  }

  @Test
  void no_loss_takes_memory_of_the_heap_after_its_first_call() {
    try (Bench bench = Bench.aligned(TestDevices.ofKind("cpu").get(0))) {
      List<Runnable> losses = losses(bench, new ArrayList<>());
      losses.forEach(Runnable::run);
      for (int loss = 0; loss < losses.size(); loss++) {
        long taken = heapTakenBy(losses.get(loss));
        // The virtual machine itself takes some while it warms up.
        for (int tries = 1; tries < 30 && taken > 0; tries++) {
          taken = heapTakenBy(losses.get(loss));
        }
        assertEquals(0, taken, "bytes in 3 calls of loss " + loss);
      }
    }
  }

  private static long heapTakenBy(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 3; i++) {
      call.run();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  /** 1 − q of the candidate is e^−198: no float, and its share of the other classes none either. */
  @Test
  void what_a_certain_candidate_loses_goes_to_the_others_by_their_shares() {
    try (Bench bench = Bench.odd(TestDevices.ofKind("cpu").get(0))) {
      double[] z = {0, 200, -3, 1, Double.NEGATIVE_INFINITY};
      double rest = 1 + Math.exp(-3) + Math.E;
      double alpha = 0.5;
      Tensor losses = bench.output(1);
      Tensor gradient = bench.output(1, z.length);
      LossRows rows =
          new LossRows(
              bench.floats(z, 1, z.length),
              null,
              null,
              null,
              LossOptions.NONE,
              losses,
              LossStatistics.NONE,
              gradient);
      bench
          .kernels()
          .losses()
          .unlikelihood(bench.ints(new int[] {0}), bench.ints(new int[] {1}, 1, 1), -1, 0.5f, rows);
      double expected = 200 + alpha * (200 - Math.log(rest));
      assertEquals(expected, losses.toFloats()[0], 1e-4);
      float[] g = {
        (float) (-1 - alpha / rest),
        (float) (1 + alpha),
        (float) (-alpha * Math.exp(-3) / rest),
        (float) (-alpha * Math.E / rest),
        0
      };
      assertArrayEquals(g, gradient.toFloats(), 1e-6f);
    }
  }

  /** Pages that were never written take no memory: the logits are all but three rows of zeros. */
  @Tag("long")
  @Test
  void more_logits_than_an_integer_counts_are_read_and_written_where_they_belong() {
    int classes = 65_537;
    int rows = (int) ((1L << 31) / classes) + 2;
    int across = (int) ((1L << 31) / classes);
    Device device = TestDevices.ofKind("cpu").get(1);
    try (Tensor logits = allocate(device, rows, classes);
        Tensor targets = device.allocate(DType.INT32, rows);
        Tensor losses = device.allocate(DType.FLOAT32, rows)) {
      int[] marked = {0, across, rows - 1};
      for (int row : marked) {
        logits.slice(row * (long) classes, classes).write(peak(classes));
      }
      int[] last = new int[rows];
      Arrays.fill(last, classes - 1);
      targets.write(last);
      LossKernels k = device.kernels().losses();
      LossStatistics none = LossStatistics.NONE;
      k.crossEntropy(
          targets,
          CrossEntropyOptions.PLAIN,
          new LossRows(logits, null, null, null, LossOptions.NONE, losses, none, null));
      double marginal = Math.log(classes - 1 + Math.exp(5)) - 5;
      float[] expected = new float[rows];
      Arrays.fill(expected, (float) Math.log(classes));
      for (int row : marked) {
        expected[row] = (float) marginal;
      }
      assertArrayEquals(expected, losses.toFloats(), 1e-5f);

      // In place, of the last two rows alone: the rest would need memory.
      Tensor end = logits.slice((rows - 2L) * classes, 2, classes);
      k.crossEntropy(
          targets.slice(0, 2),
          CrossEntropyOptions.PLAIN,
          new LossRows(end, null, null, null, LossOptions.NONE, losses.slice(0, 2), none, end));
      float[] gradient = end.toFloats();
      assertEquals(Math.exp(-marginal) - 1, gradient[2 * classes - 1], 1e-6);
      assertEquals(1 / (classes - 1 + Math.exp(5)), gradient[classes], 1e-9);
      assertEquals(0, logits.slice((rows - 2L) * classes - 1, 1).toFloats()[0]);
    }
  }

  private static Tensor allocate(Device device, long rows, long classes) {
    try {
      return device.allocate(DType.FLOAT32, rows, classes);
    } catch (DeviceOutOfMemoryException tooLittle) {
      return abort("the machine has too little memory: " + tooLittle.getMessage());
    }
  }

  private static float[] peak(int classes) {
    float[] row = new float[classes];
    row[classes - 1] = 5;
    return row;
  }
}
