package dev.surprisal.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One of the {@link Kernels} with operands that fit, for what is true of all of them.
 *
 * @param name as in the messages of {@link CheckedKernels}
 * @param call what to call; operands by name
 * @param operands all that it takes
 */
record Operation(String name, Call call, List<Operand> operands) {
  Operation(String name, Call call, Operand... operands) {
    this(name, call, List.of(operands));
  }

  /** A call of the operation. */
  interface Call {
    void run(Kernels kernels, Map<String, Tensor> operands);
  }

  /**
   * A tensor that an operation takes.
   *
   * @param name for the call
   * @param data double[] for FLOAT32, {@link Halves} for BFLOAT16, int[] for INT32 or a Long for
   *     INT64
   * @param sizes its shape
   * @param wrong a shape that does not fit, or null where any shape does
   */
  record Operand(String name, Object data, long[] sizes, long[] wrong) {
    Tensor place(Bench bench) {
      if (data instanceof Long value) {
        return bench.scalar(value);
      }
      if (data instanceof Halves halves) {
        return bench.halves(halves.values, sizes);
      }
      return data instanceof int[] ints
          ? bench.ints(ints, sizes)
          : bench.floats((double[]) data, sizes);
    }
  }

  /** Values that BFLOAT16 has. */
  record Halves(double[] values) {}

  /** New tensors for all operands. */
  Map<String, Tensor> place(Bench bench) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Operand operand : operands) {
      tensors.put(operand.name, operand.place(bench));
    }
    return tensors;
  }

  /** The bits of all operands after one call with new tensors. */
  int[][] results(Bench bench) {
    Map<String, Tensor> tensors = place(bench);
    call.run(bench.kernels(), tensors);
    return bits(tensors);
  }

  static int[][] bits(Map<String, Tensor> tensors) {
    return tensors.values().stream().map(Bench::bits).toArray(int[][]::new);
  }

  @Override
  public String toString() {
    return name;
  }
}
