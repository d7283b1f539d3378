package dev.surprisal.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.LossOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.LossStatistics;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that only the device sees: found late, and harmless until then. */
@Emulated
class FaultsTest {
  private static final Device DEVICE = TestDevices.ofKind("emulated").get(0);
  private static final String MESSAGE =
      "gather rows: expected a token in [0, 5) at position 2, found 7";

  private final Bench bench = Bench.aligned(DEVICE);
  private final Tensor weight = bench.floats(new double[] {1, 2, 3, 4, 5}, 5, 1);
  private final Tensor rows = bench.output(3, 1);
  private final Tensor norm = bench.output(1);

  @AfterEach
  void close() {
    bench.close();
  }

  private void fault() {
    bench.kernels().gatherRows(weight, bench.ints(new int[] {4, 0, 7}), rows);
  }

  private static void assertFault(String message, Runnable wait) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, wait::run).getMessage());
  }

  @Test
  void a_fault_is_thrown_by_whatever_waits_next() {
    Readback readback = DEVICE.readback(norm);
    List<Runnable> waits =
        List.of(
            DEVICE::synchronize,
            rows::toFloats,
            () -> weight.toFloats(),
            () -> rows.view(3).slice(0, 0).toFloats(),
            () -> bench.ints(new int[] {1}).toInts(),
            () -> {
              readback.request();
              readback.take();
            });
    for (Runnable wait : waits) {
      fault();
      assertFault(MESSAGE, wait);
      DEVICE.synchronize();
    }
    readback.close();
  }

  @Test
  void what_is_issued_after_a_fault_changes_nothing() {
    int[] before = Bench.bits(weight);
    int[] norms = Bench.bits(norm);
    fault();
    bench.kernels().uniform(0, 1, 1, 2, weight);
    bench.kernels().gradientNorm(weight, norm);
    bench.kernels().linear(weight, bench.floats(new double[5]), weight, bench.output(5, 5));
    assertFault(MESSAGE, DEVICE::synchronize);
    assertArrayEquals(before, Bench.bits(weight));
    assertArrayEquals(norms, Bench.bits(norm));
  }

  @Test
  void after_its_fault_was_thrown_the_device_works() {
    fault();
    assertFault(MESSAGE, DEVICE::synchronize);
    bench.kernels().gatherRows(weight, bench.ints(new int[] {4, 0, 1}), rows);
    assertArrayEquals(new float[] {5, 1, 2}, rows.toFloats());
  }

  @Test
  void of_two_faults_the_first_is_thrown() {
    fault();
    bench.kernels().gatherRows(weight, bench.ints(new int[] {-1, 0, 0}), rows);
    assertFault(MESSAGE, DEVICE::synchronize);
    DEVICE.synchronize();
  }

  @Test
  void every_value_that_was_asked_for_behind_a_fault_is_refused_and_those_after_it_are_not() {
    Tensor values = bench.floats(new double[] {3, 4});
    try (Readback readback = DEVICE.readback(norm)) {
      bench.kernels().gradientNorm(values, norm);
      readback.request();
      fault();
      readback.request();
      bench.kernels().gradientNorm(values, norm);
      readback.request();
      assertEquals(5, readback.take());
      assertFault(MESSAGE, readback::take);
      values.write(6f, 8f);
      bench.kernels().gradientNorm(values, norm);
      readback.request();
      assertFault(MESSAGE, readback::take);
      assertEquals(10, readback.take());
    }
  }

  @Test
  void a_fault_that_was_found_late_does_not_hide_the_next_one() {
    try (Readback readback = DEVICE.readback(norm)) {
      fault();
      readback.request();
      readback.request();
      assertFault(MESSAGE, readback::take);
      bench.kernels().gatherRows(weight, bench.ints(new int[] {-1, 0, 0}), rows);
      assertFault(MESSAGE, readback::take);
      assertFault(
          "gather rows: expected a token in [0, 5) at position 0, found -1", DEVICE::synchronize);
    }
  }

  @Test
  void a_fault_inside_a_recording_is_thrown_after_it() {
    Tensor tokens = bench.ints(new int[] {0, 1, 2});
    try (Recording recording =
        DEVICE.recording(() -> bench.kernels().gatherRows(weight, tokens, rows))) {
      for (int run = 0; run < 4; run++) {
        tokens.write(4, 0, 7);
        recording.run();
        assertFault(MESSAGE, DEVICE::synchronize);
        tokens.write(0, 1, run);
        recording.run();
        assertArrayEquals(new float[] {1, 2, run + 1}, rows.toFloats());
      }
    }
  }

  @Test
  void each_kind_has_the_words_of_the_cpu() {
    LossKernels kernels = bench.kernels().losses();
    Tensor targets = bench.ints(new int[] {0, -7});
    kernels.crossEntropy(targets, CrossEntropyOptions.PLAIN, rows(null));
    assertFault(
        "cross-entropy: expected a token in [0, 2) at position 1, found -7", DEVICE::synchronize);
    soft(0.5, 0.5, -0.25, 1.25);
    assertFault(
        "cross-entropy: expected probabilities of 0 or more, found -0.25 in row 1",
        DEVICE::synchronize);
    soft(0.5, 0.5, 0.5, 0.25);
    assertFault(
        "cross-entropy: expected probabilities that sum to 1 within 0.001, found 0.75 in row 1",
        DEVICE::synchronize);
    LossRows elsewhere = rows(bench.ints(new int[] {1, 2}));
    kernels.crossEntropy(bench.ints(new int[2]), CrossEntropyOptions.PLAIN, elsewhere);
    assertFault("loss: expected a position in [0, 2) for row 1, found 2", DEVICE::synchronize);
    kernels.crossEntropySparse(
        bench.ints(new int[] {0, 2}, 2, 1), bench.floats(new double[2], 2, 1), rows(null));
    assertFault(
        "sparse cross-entropy: expected different ids in [0, 2) for token 1, found 2",
        DEVICE::synchronize);
    Tensor endless = bench.floats(new double[] {0, 0, 0, Double.POSITIVE_INFINITY}, 2, 2);
    bench.kernels().sample(endless, SampleOptions.DEFAULT, 1, 2, targets);
    assertFault(
        "logits: expected a finite largest logit in row 1, found Infinity", DEVICE::synchronize);
  }

  private LossRows rows(Tensor positions) {
    return new LossRows(
        bench.floats(new double[4], 2, 2),
        positions,
        null,
        null,
        LossOptions.NONE,
        bench.output(2),
        LossStatistics.NONE,
        null);
  }

  private void soft(double... probabilities) {
    Tensor p = bench.floats(probabilities, 2, 2);
    bench.kernels().losses().crossEntropySoft(p, CrossEntropyOptions.PLAIN, rows(null));
  }
}
