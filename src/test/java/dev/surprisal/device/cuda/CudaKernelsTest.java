package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_INVALID_ARGUMENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceException;
import dev.surprisal.device.Operations;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.TestDevices;
import dev.surprisal.oracle.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the emulated device promises beyond what every device does. */
@Emulated
class CudaKernelsTest {
  private static final Device EMULATED = TestDevices.ofKind("emulated").get(0);
  private static final Device CPU = TestDevices.ofKind("cpu").get(0);
  private static final int COUNT = 20_003;

  @Test
  void results_are_the_same_bits_wherever_operands_lie() {
    Operations.assertSameBits(List.of(EMULATED));
  }

  @Test
  void uniform_numbers_are_those_of_the_cpu() {
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Tensor output = device(i).allocate(DType.FLOAT32, COUNT)) {
        device(i).kernels().uniform(-0.3f, 0.7f, -5, 1L << 40, output);
        found[i] = output.toFloats();
      }
    }
    assertArrayEquals(found[0], found[1]);
  }

  @Test
  void normal_numbers_are_those_of_the_cpu_but_for_the_last_digit() {
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Tensor output = device(i).allocate(DType.FLOAT32, COUNT)) {
        device(i).kernels().normal(0, 1, -5, 1L << 40, output);
        found[i] = output.toFloats();
      }
    }
    for (int k = 0; k < COUNT; k++) {
      assertEquals(found[0][k], found[1][k], 2e-6f, "element " + k);
    }
  }

  @Test
  void dropped_elements_are_those_of_the_cpu() {
    float[] values = Samples.floats(Samples.normal(1, COUNT, 1));
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Tensor both = device(i).allocate(DType.FLOAT32, COUNT);
          Tensor sequence = device(i).allocate(DType.INT64, 1)) {
        both.write(values);
        device(i).kernels().dropout(both, 0.35f, 8, sequence, both);
        found[i] = both.toFloats();
      }
    }
    assertArrayEquals(found[0], found[1]);
  }

  @Test
  void drawn_tokens_are_those_of_the_cpu() {
    int rows = 200;
    int classes = 127;
    float[] logits = Samples.floats(Samples.normal(1, rows * classes, 2));
    List<SampleOptions> options =
        List.of(
            SampleOptions.DEFAULT,
            new SampleOptions(0.7f, 0, 1),
            new SampleOptions(1, 20, 1),
            new SampleOptions(1.3f, 50, 0.9f),
            new SampleOptions(0, 0, 1));
    for (SampleOptions option : options) {
      int[][] found = new int[2][];
      for (int i = 0; i < 2; i++) {
        try (Tensor z = device(i).allocate(DType.FLOAT32, rows, classes);
            Tensor tokens = device(i).allocate(DType.INT32, rows)) {
          z.write(logits);
          device(i).kernels().sample(z, option, 3, 1L << 33, tokens);
          found[i] = tokens.toInts();
        }
      }
      assertArrayEquals(found[0], found[1], option.toString());
    }
  }

  @Test
  void what_the_library_refuses_is_an_exception_with_the_operations_name() {
    String message =
        assertThrows(
                DeviceException.class,
                () -> CudaKernels.check("an operation", SURPRISAL_INVALID_ARGUMENT))
            .getMessage();
    assertEquals("an operation failed: ", message.substring(0, 21));
  }

  @Test
  void a_size_that_kernels_do_not_count_is_refused() {
    assertEquals(
        Integer.MAX_VALUE, CudaKernels.toInt("recurrent", "a hidden size", (1L << 31) - 1));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> CudaKernels.toInt("recurrent", "a hidden size", 1L << 31))
            .getMessage();
    assertEquals(
        "recurrent: expected a hidden size below 2^31 on a GPU, found 2147483648", message);
  }

  private static Device device(int index) {
    return index == 0 ? CPU : EMULATED;
  }
}
