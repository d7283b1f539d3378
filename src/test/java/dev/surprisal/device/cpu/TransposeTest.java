package dev.surprisal.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.device.Bench;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import dev.surprisal.oracle.Samples;
import org.junit.jupiter.api.Test;

class TransposeTest {
  @Test
  void rows_become_columns() {
    try (Workers workers = new Workers(2);
        Bench bench = Bench.odd(TestDevices.ofKind("cpu").get(0))) {
      Transpose transpose = new Transpose(workers);
      for (int[] size : new int[][] {{1, 1}, {1, 127}, {127, 1}, {31, 33}, {32, 64}, {129, 65}}) {
        Tensor source = bench.floats(Samples.normal(1, size[0] * size[1], 1), size[0], size[1]);
        Tensor target = bench.output(size[1], size[0]);
        transpose.run(source, target);
        float[] from = source.toFloats();
        float[] to = target.toFloats();
        for (int i = 0; i < size[0]; i++) {
          for (int j = 0; j < size[1]; j++) {
            assertEquals(from[i * size[1] + j], to[j * size[0] + i]);
          }
        }
      }
    }
  }
}
