package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** The weights of target classes, summed in double precision. */
final class TargetWeightOp {
  private static final int BLOCK = 4096;

  private final Ints targets = new Ints();
  private final ClassWeights weights = new ClassWeights();
  private final int[] block = new int[BLOCK];
  private final float[] result = new float[1];

  void run(Tensor newTargets, int classes, int ignoreIndex, Tensor classWeights, Tensor sum) {
    long count = newTargets.elements();
    targets.set(newTargets);
    weights.set(classWeights, classes);
    double counted = 0;
    for (long at = 0; at < count; at += BLOCK) {
      int size = (int) Math.min(BLOCK, count - at);
      targets.read(at, block, 0, size);
      for (int i = 0; i < size; i++) {
        int target = block[i];
        if (target != ignoreIndex) {
          if (target < 0 || target >= classes) {
            throw ValueErrors.outsideVocabulary("cross-entropy", at + i, target, classes);
          }
          counted += weights.of(target);
        }
      }
    }
    result[0] = (float) counted;
    sum.write(result);
  }
}
