package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** The target classes of M tokens; those of the ignore index take no part. */
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
   * Takes the targets of a batch. Fused with a projection, a loss leaves out the rows of those that
   * are ignored; a loss that is recorded must have as many that count at every run.
   *
   * @param targets M of them, each in [0, V) or the ignore index
   * @throws IllegalArgumentException if one is neither, or there are not M; the targets before stay
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
   * The targets. What is written to them other than by {@link #write} is looked at by the device
   * alone: no row is left out.
   *
   * @return [M], INT32
   */
  public Tensor ids() {
    return ids;
  }

  /** The targets that count, one after the other: [M], of which the first {@link #count}. */
  Tensor packed() {
    return counted;
  }

  /**
   * How many targets count.
   *
   * @return M without those that {@link #write} found ignored
   */
  public int count() {
    return positions.count();
  }

  /** Looks at all of them on the device, and sums up their weights if that is wanted. */
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
