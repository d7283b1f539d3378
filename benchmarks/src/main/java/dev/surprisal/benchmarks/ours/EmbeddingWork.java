package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Rotation;
import dev.surprisal.device.DType;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.Tensor;
import java.util.List;

/** Rows for tokens whose frequencies fall as in language, from one matrix as a model has. */
final class EmbeddingWork implements Work {
  private final Kernels kernels;
  private final Tensor weight;
  private final List<Tensor> tokens;
  private final List<Tensor> outputs;

  EmbeddingWork(Operands operands, Case which, Rotation rotation, DType type) {
    int rows = which.intSize("N");
    long width = which.size("E");
    kernels = operands.device().kernels();
    weight = operands.uniform(type, -1, 1, which.size("V"), width);
    int sets = rotation.sets(rows * (4 + width * type.bytes()));
    SyntheticText text = new SyntheticText(which.intSize("V"), rows, sets);
    tokens =
        Operands.several(
            sets,
            () -> {
              text.advance();
              return operands.ints(text.inputs());
            });
    outputs = Operands.several(sets, () -> operands.room(type, rows, width));
  }

  @Override
  public void run(int i) {
    int set = i % tokens.size();
    kernels.gatherRows(weight, tokens.get(set), outputs.get(set));
  }

  @Override
  public boolean rotates() {
    return true;
  }

  @Override
  public void close() {}
}
