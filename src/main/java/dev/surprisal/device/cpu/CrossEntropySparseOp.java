package dev.surprisal.device.cpu;

import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;
import java.util.Arrays;

/** Cross-entropy against a few probabilities per token; the other classes share the rest evenly. */
final class CrossEntropySparseOp extends LossRowsOp {
  private final Ints ids = new Ints();
  private final Floats probabilities = new Floats();
  private final Classes seen = new Classes();
  private int width;
  private int[] idsOfToken = new int[0];
  private float[] probabilitiesOfToken = new float[0];

  CrossEntropySparseOp(Workers workers) {
    super(workers);
  }

  void run(Tensor newIds, Tensor newProbabilities, LossRows rows) {
    set(rows);
    ids.set(newIds);
    probabilities.set(newProbabilities);
    width = Math.toIntExact(newIds.shape().size(1));
    if (idsOfToken.length < width) {
      idsOfToken = new int[width];
      probabilitiesOfToken = new float[width];
    }
    for (int n = 0; n < rows(); n++) {
      check(tokens().of(n));
    }
    work();
  }

  private void check(int token) {
    read(token, idsOfToken, probabilitiesOfToken);
    seen.clear(classes());
    double sum = 0;
    for (int k = 0; k < width; k++) {
      int id = idsOfToken[k];
      if (id < 0 || id >= classes() || !seen.add(id)) {
        throw ValueErrors.noId(token, id, classes());
      }
      if (!(probabilitiesOfToken[k] >= 0)) {
        throw ValueErrors.noProbability(token, probabilitiesOfToken[k]);
      }
      sum += probabilitiesOfToken[k];
    }
    double missing = 1 - sum;
    if (!(missing >= -ValueErrors.PROBABILITY_TOLERANCE)
        || width == classes() && missing > ValueErrors.PROBABILITY_TOLERANCE) {
      throw ValueErrors.noDistribution(token, sum);
    }
  }

  private void read(int token, int[] toIds, float[] toProbabilities) {
    ids.read(token * (long) width, toIds, 0, width);
    probabilities.read(token * (long) width, toProbabilities, 0, width);
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    float[] p = scratch.block(FREE, classes());
    float[] given = scratch.block(FREE + 1, width);
    int[] at = scratch.ids(width);
    read(row.token(), at, given);
    double missing = Math.max(0, 1 - VectorMath.sum(given, 0, width));
    Arrays.fill(p, 0, classes(), width == classes() ? 0 : (float) (missing / (classes() - width)));
    for (int k = 0; k < width; k++) {
      p[at[k]] = given[k];
    }
    return row.crossEntropy(p, 0);
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    row.p(scratch.block(FREE, classes()), 0);
  }
}
