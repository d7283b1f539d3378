package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Operation.Operand;
import java.util.Map;

/** What is true of every operation; each has a test of its own for what it computes. */
class KernelsTest {
  @OnEveryDevice
  void the_same_inputs_give_the_same_bits(Bench bench) {
    for (Operation operation : Operations.ALL) {
      int[][] first = operation.results(bench);
      assertArrayEquals(first, operation.results(bench), operation.name());
    }
  }

  @OnEveryDevice
  void an_operand_of_another_shape_is_refused_and_nothing_is_written(Bench bench) {
    for (Operation operation : Operations.ALL) {
      Map<String, Tensor> operands = operation.place(bench);
      for (Operand operand : operation.operands()) {
        if (operand.wrong() != null) {
          DType type = operands.get(operand.name()).type();
          Tensor wrong =
              switch (type) {
                case INT32 -> bench.intOutput(operand.wrong());
                case INT64 -> bench.longOutput(operand.wrong());
                case BFLOAT16 -> bench.halfOutput(operand.wrong());
                default -> bench.output(operand.wrong());
              };
          assertRefused(bench, operation, operands, operand, wrong);
        }
      }
    }
  }

  @OnEveryDevice
  void an_operand_of_another_type_is_refused_and_nothing_is_written(Bench bench) {
    for (Operation operation : Operations.ALL) {
      Map<String, Tensor> operands = operation.place(bench);
      for (Operand operand : operation.operands()) {
        boolean ints = operands.get(operand.name()).type() == DType.INT32;
        Tensor wrong = ints ? bench.output(operand.sizes()) : bench.intOutput(operand.sizes());
        assertRefused(bench, operation, operands, operand, wrong);
      }
    }
  }

  @OnEveryDevice
  void an_operand_on_another_device_is_refused_and_nothing_is_written(Bench bench) {
    Device elsewhere = TestDevices.otherThan(bench.device());
    try (Bench other = Bench.aligned(elsewhere)) {
      for (Operation operation : Operations.ALL) {
        Map<String, Tensor> operands = operation.place(bench);
        for (Operand operand : operation.operands()) {
          String message = assertRefused(bench, operation, operands, operand, operand.place(other));
          assertTrue(message.contains(bench.device().toString()), message);
          assertTrue(message.contains(elsewhere.toString()), message);
        }
      }
    }
  }

  @OnEveryDevice
  void a_closed_operand_is_refused_and_nothing_is_written(Bench bench) {
    for (Operation operation : Operations.ALL) {
      Map<String, Tensor> operands = operation.place(bench);
      int[][] before = Operation.bits(operands);
      for (Operand operand : operation.operands()) {
        Tensor open = operands.get(operand.name());
        Tensor closed = bench.device().allocate(open.type(), operand.sizes());
        closed.close();
        operands.put(operand.name(), closed);
        String what = operation + ": " + operand.name();
        assertThrows(
            IllegalStateException.class,
            () -> operation.call().run(bench.kernels(), operands),
            what);
        operands.put(operand.name(), open);
        assertArrayEquals(before, Operation.bits(operands), what);
      }
    }
  }

  /** The message. */
  private static String assertRefused(
      Bench bench,
      Operation operation,
      Map<String, Tensor> operands,
      Operand operand,
      Tensor wrong) {
    Tensor right = operands.put(operand.name(), wrong);
    int[][] before = Operation.bits(operands);
    String what = operation + ": " + operand.name();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> {
                  operation.call().run(bench.kernels(), operands);
                  bench.device().synchronize();
                },
                what)
            .getMessage();
    assertArrayEquals(before, Operation.bits(operands), what);
    operands.put(operand.name(), right);
    assertTrue(message.startsWith(operation.name() + ": "), message);
    return message;
  }
}
