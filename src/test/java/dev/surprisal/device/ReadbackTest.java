package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ReadbackTest {
  @OnEveryDevice
  void a_value_is_that_of_the_moment_it_was_asked_for(Bench bench) {
    Tensor scalar = bench.floats(new double[] {1});
    Readback readback = bench.device().readback(scalar);
    readback.request();
    scalar.write(2f);
    readback.request();
    scalar.write(3f);
    assertEquals(2, readback.pending());
    assertEquals(1, readback.take());
    assertEquals(2, readback.take());
    assertEquals(0, readback.pending());
  }

  @OnEveryDevice
  void values_are_taken_in_the_order_they_were_asked_for(Bench bench) {
    Tensor scalar = bench.output(1);
    Readback readback = bench.device().readback(scalar);
    int taken = 0;
    for (int asked = 0; asked < 50; asked++) {
      scalar.write((float) asked);
      readback.request();
      // As a training loop does: at most three steps behind.
      if (readback.pending() > 3) {
        assertEquals(taken++, readback.take());
      }
    }
    while (readback.pending() > 0) {
      assertEquals(taken++, readback.take());
    }
    assertEquals(50, taken);
  }

  @OnEveryDevice
  void no_more_values_wait_than_there_is_room_for(Bench bench) {
    Tensor scalar = bench.floats(new double[] {1});
    Readback readback = bench.device().readback(scalar);
    for (int i = 0; i < Readback.DEPTH; i++) {
      readback.request();
    }
    assertThrows(IllegalStateException.class, readback::request);
    assertEquals(Readback.DEPTH, readback.pending());
    readback.take();
    readback.request();
  }

  @OnEveryDevice
  void a_value_that_was_not_asked_for_cannot_be_taken(Bench bench) {
    Readback readback = bench.device().readback(bench.floats(new double[] {1}));
    assertThrows(IllegalStateException.class, readback::take);
  }

  @OnEveryDevice
  void what_is_no_scalar_of_this_device_is_refused(Bench bench) {
    Device device = bench.device();
    assertThrows(IllegalArgumentException.class, () -> device.readback(bench.output(2)));
    assertThrows(IllegalArgumentException.class, () -> device.readback(bench.intOutput(1)));
    try (Bench other = Bench.aligned(TestDevices.otherThan(device))) {
      assertThrows(IllegalArgumentException.class, () -> device.readback(other.output(1)));
    }
  }
}
