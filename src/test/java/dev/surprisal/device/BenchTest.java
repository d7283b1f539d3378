package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BenchTest {
  @OnEveryDevice
  void an_output_is_nan_until_it_is_written(Bench bench) {
    for (float value : bench.output(3).toFloats()) {
      assertTrue(Float.isNaN(value));
    }
  }

  @OnEveryDevice
  void writing_before_or_behind_a_tensor_is_noticed(Bench bench) {
    for (int beyond : new int[] {-1, 3}) {
      Bench other =
          bench.toString().contains(",")
              ? Bench.odd(bench.device())
              : Bench.aligned(bench.device());
      Tensor tensor = other.output(3);
      tensor.storage().write(tensor.offset() + 4L * beyond, new float[1], 0, 1);
      assertThrows(AssertionError.class, other::close);
    }
  }
}
