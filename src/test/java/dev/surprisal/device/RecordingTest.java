package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.oracle.Samples;

class RecordingTest {
  private static final int SIZE = 1003;

  /** Adam on gradients that are clipped, and a copy: operations that change what they read. */
  private static final class Step {
    private final Bench bench;
    final AdamTensors tensors;
    final Tensor copy;

    Step(Bench bench) {
      this.bench = bench;
      tensors =
          new AdamTensors(
              bench.floats(Samples.normal(1, SIZE, 1)),
              bench.floats(Samples.normal(2, SIZE, 1)),
              bench.floats(new double[SIZE]),
              bench.floats(new double[SIZE]),
              bench.ints(new int[1]),
              bench.floats(new double[] {0.1}),
              bench.output(1));
      copy = bench.output(SIZE);
    }

    void run() {
      bench.kernels().gradientNorm(tensors.gradients(), tensors.gradientNorm());
      bench.kernels().adam(tensors, new AdamOptions(0.9, 0.999, 1e-8, 0, 1));
      copy.copyFrom(tensors.parameters());
    }

    /** What differs from one step to the next. */
    void prepare(int step) {
      tensors.learningRate().write(0.1f / (step + 1));
      tensors.gradients().write(Samples.floats(Samples.normal(10 + step, SIZE, 1)));
    }
  }

  @OnEveryDevice
  void work_that_is_recorded_does_what_it_does_without(Bench bench) {
    Step plain = new Step(bench);
    Step recorded = new Step(bench);
    try (Recording recording = bench.device().recording(recorded::run)) {
      for (int step = 0; step < 5; step++) {
        plain.prepare(step);
        plain.run();
        recorded.prepare(step);
        recording.run();
        assertArrayEquals(Bench.bits(plain.copy), Bench.bits(recorded.copy), "step " + step);
      }
    }
    assertEquals(5, recorded.tensors.step().toInts()[0]);
  }

  @OnEveryDevice
  void two_recordings_may_take_turns(Bench bench) {
    Step first = new Step(bench);
    Step second = new Step(bench);
    try (Recording one = bench.device().recording(first::run);
        Recording other = bench.device().recording(second::run)) {
      for (int step = 0; step < 4; step++) {
        one.run();
        other.run();
      }
    }
    assertArrayEquals(Bench.bits(first.copy), Bench.bits(second.copy));
  }

  @OnEveryDevice
  void an_operation_that_is_refused_is_refused_in_a_recording_too(Bench bench) {
    Tensor norm = bench.output(2);
    Tensor values = bench.floats(new double[3]);
    try (Recording recording =
        bench.device().recording(() -> bench.kernels().gradientNorm(values, norm))) {
      for (int run = 0; run < 3; run++) {
        assertThrows(IllegalArgumentException.class, recording::run);
      }
    }
  }

  @OnEveryDevice
  void a_tensor_that_was_closed_is_refused_however_often_the_work_ran(Bench bench) {
    for (int runs = 0; runs < 4; runs++) {
      Tensor values = bench.device().allocate(DType.FLOAT32, 7);
      Tensor norm = bench.output(1);
      try (Recording recording =
          bench.device().recording(() -> bench.kernels().gradientNorm(values, norm))) {
        for (int run = 0; run < runs; run++) {
          recording.run();
        }
        values.close();
        assertThrows(IllegalStateException.class, recording::run, runs + " runs");
      }
    }
  }

  @OnEveryDevice
  void a_closed_recording_is_refused_and_may_be_closed_again(Bench bench) {
    Recording recording = bench.device().recording(() -> {});
    recording.run();
    recording.close();
    recording.close();
    assertThrows(IllegalStateException.class, recording::run);
  }
}
