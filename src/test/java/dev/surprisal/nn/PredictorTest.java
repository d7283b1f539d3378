package dev.surprisal.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Bench;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.Tensor;
import dev.surprisal.oracle.Samples;
import dev.surprisal.oracle.Tolerance;
import java.util.Comparator;
import java.util.stream.IntStream;

class PredictorTest {
  private static final int N = 10;
  private static final int V = 33;
  private static final int H = 7;

  private static Projection projection(Bench bench, Parameters parameters) {
    Projection projection = new Projection(parameters, "linear");
    projection.initialise(1);
    return projection;
  }

  @OnEveryDevice
  void every_chunk_size_finds_the_most_probable_classes(Bench bench) {
    try (Parameters parameters =
        new Parameters(bench.device(), Projection.parameters("linear", H, V))) {
      Projection projection = projection(bench, parameters);
      Tensor hidden = bench.floats(Samples.normal(2, N * H, 3), N, H);
      Tensor logits = bench.output(N, V);
      projection.logits(hidden, logits);
      float[] z = logits.toFloats();
      for (int k : new int[] {1, 5, V}) {
        for (int chunk : new int[] {1, 3, N, 100}) {
          Tensor ids = bench.intOutput(N, k);
          Tensor logProbabilities = bench.output(N, k);
          try (Predictor predictor = new Predictor(bench.device(), projection, chunk)) {
            predictor.topK(hidden, ids, logProbabilities);
          }
          for (int row = 0; row < N; row++) {
            assertRow(z, row, k, ids.toInts(), logProbabilities.toFloats());
          }
        }
      }
    }
  }

  private static void assertRow(float[] z, int row, int k, int[] ids, float[] logProbabilities) {
    double sum = IntStream.range(0, V).mapToDouble(v -> Math.exp(z[row * V + v])).sum();
    int[] falling =
        IntStream.range(0, V)
            .boxed()
            .sorted(Comparator.comparingDouble(v -> -z[row * V + v]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < k; i++) {
      assertEquals(falling[i], ids[row * k + i]);
      Tolerance.FLOAT32.assertClose(
          "log p", z[row * V + falling[i]] - Math.log(sum), logProbabilities[row * k + i]);
    }
  }

  @OnEveryDevice
  void logits_take_the_memory_of_a_chunk(Bench bench) {
    try (Parameters parameters =
        new Parameters(bench.device(), Projection.parameters("linear", H, V))) {
      Projection projection = projection(bench, parameters);
      long before = bench.device().memory().current();
      Predictor predictor = new Predictor(bench.device(), projection, 3);
      assertEquals(before + 4 * 3 * V, bench.device().memory().current());
      predictor.close();
      assertEquals(before, bench.device().memory().current());
    }
  }

  @OnEveryDevice
  void what_does_not_fit_is_refused(Bench bench) {
    try (Parameters parameters =
        new Parameters(bench.device(), Projection.parameters("linear", H, V))) {
      Projection projection = projection(bench, parameters);
      assertThrows(
          IllegalArgumentException.class, () -> new Predictor(bench.device(), projection, 0));
      try (Predictor predictor = new Predictor(bench.device(), projection, 3)) {
        Tensor hidden = bench.output(N, H);
        Tensor ids = bench.intOutput(N, 2);
        String message =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> predictor.topK(hidden, ids, bench.output(N, 3)))
                .getMessage();
        assertTrue(message.contains("[10, 2] and [10, 3]"), message);
        assertThrows(
            IllegalArgumentException.class,
            () -> predictor.topK(bench.output(N, H + 1), ids, bench.output(N, 2)));
        predictor.topK(bench.output(0, H), bench.intOutput(0, 2), bench.output(0, 2));
        assertArrayEquals(new int[0], bench.intOutput(0, 2).toInts());
      }
    }
  }
}
