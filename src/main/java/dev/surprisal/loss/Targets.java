package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** The target classes of M tokens; tokens with the ignore index are left out. */
public final class Targets {
  private final String operation;
  private final int classes;
  private final int ignoreIndex;
  private final Positions positions;
  private final Tensor ids;
  private final Tensor counted;
  private final Tensor weight;
  private final int[] order;
  private final int[] packed;

  Targets(String operation, Arena arena, Positions positions, long classes, int ignoreIndex) {
    this.operation = operation;
    this.classes = Math.toIntExact(classes);
    this.ignoreIndex = ignoreIndex;
    this.positions = positions;
    ids = arena.allocate(DType.INT32, positions.tokens());
    counted = arena.allocate(DType.INT32, positions.tokens());
    weight = arena.allocate(DType.FLOAT32, 1);
    order = new int[positions.tokens()];
    packed = new int[positions.tokens()];
  }

  /**
   * Writes the targets of a batch. A loss fused with a projection leaves out the rows of ignored
   * targets; if it is recorded, every run must ignore the same number.
   *
   * @param targets M targets, each in [0, V) or the ignore index
   * @throws IllegalArgumentException if one is neither, or their number is not M; the targets
   *     before stay
   */
  public void write(int[] targets) {
    if (targets.length != positions.tokens()) {
      throw new IllegalArgumentException(
          operation + ": expected " + positions.tokens() + " targets, found " + targets.length);
    }
    int count = 0;
    int left = targets.length;
    for (int token = 0; token < targets.length; token++) {
      int target = targets[token];
      if (target == ignoreIndex) {
        order[--left] = token;
        packed[left] = 0;
      } else if (target >= 0 && target < classes) {
        order[count] = token;
        packed[count++] = target;
      } else {
        throw ValueErrors.outsideVocabulary(operation, token, target, classes);
      }
    }
    ids.write(targets);
    counted.write(packed);
    positions.write(order, count);
  }

  /**
   * Returns the targets' tensor. Only the device checks what is written to it directly, and no row
   * is left out then.
   *
   * @return [M], INT32
   */
  public Tensor ids() {
    return ids;
  }

  /** The targets that count, packed: the first {@link #count} of [M]. */
  Tensor packed() {
    return counted;
  }

  /**
   * Returns the number of targets that count.
   *
   * @return M minus the ignored targets of {@link #write}
   */
  public int count() {
    return positions.count();
  }

  /** Checks all targets on the device and sums their weights, into scratch if no sum is given. */
  void weigh(LossKernels kernels, Tensor classWeights, Tensor sum) {
    kernels.targetWeight(ids, classes, ignoreIndex, classWeights, sum == null ? weight : sum);
  }

  int ignoreIndex() {
    return ignoreIndex;
  }

  int classes() {
    return classes;
  }

  Positions positions() {
    return positions;
  }
}
