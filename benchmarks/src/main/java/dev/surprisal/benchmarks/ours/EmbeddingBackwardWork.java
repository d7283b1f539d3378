package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;
import java.util.List;

/** The dense gradient of an embedding, for tokens whose frequencies fall as in language. */
final class EmbeddingBackwardWork implements Work {
  private static final int NO_PADDING = -1;

  private final Kernels kernels;
  private final List<Tensor> tokens;
  private final List<Tensor> arriving;
  private final List<Tensor> gradients;

  EmbeddingBackwardWork(Operands operands, Case which, Rotation rotation) {
    int rows = which.intSize("N");
    long width = which.size("E");
    long classes = which.size("V");
    kernels = operands.device().kernels();
    int sets = rotation.sets((long) which.bytes());
    SyntheticText text = new SyntheticText(which.intSize("V"), rows, sets);
    tokens =
        Operands.several(
            sets,
            () -> {
              text.advance();
              return operands.ints(text.inputs());
            });
    arriving = Operands.several(sets, () -> operands.uniform(DType.FLOAT32, -1, 1, rows, width));
    gradients = Operands.several(sets, () -> operands.room(DType.FLOAT32, classes, width));
  }

  @Override
  public void run(int i) {
    int set = i % tokens.size();
    kernels.addRows(tokens.get(set), arriving.get(set), NO_PADDING, false, gradients.get(set));
  }

  @Override
  public boolean rotates() {
    return true;
  }

  @Override
  public void close() {}
}
