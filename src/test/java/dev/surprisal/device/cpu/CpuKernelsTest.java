package dev.surprisal.device.cpu;

import dev.surprisal.device.Operations;
import dev.surprisal.device.TestDevices;
import org.junit.jupiter.api.Test;

class CpuKernelsTest {
  @Test
  void results_are_the_same_bits_on_one_two_and_three_threads() {
    Operations.assertSameBits(TestDevices.ofKind("cpu"));
  }
}
