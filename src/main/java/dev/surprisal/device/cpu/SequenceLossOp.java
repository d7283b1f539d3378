package dev.surprisal.device.cpu;

import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.SequenceOptions.Kind;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;
import java.util.Arrays;

/** Losses of n-best lists, one chunk per list; scores and sums are in double precision. */
final class SequenceLossOp implements CpuTask {
  private static final int BLOCK = 1024;

  private final Workers workers;
  private final Floats losses = new Floats();
  private final Floats gradLosses = new Floats();
  private SequenceOptions options;
  private int[] starts = new int[0];
  private int[] lengths = new int[0];
  private int[] lists = new int[0];
  private float[] costs = new float[0];
  private float[] scores = new float[0];
  private float[] listLosses = new float[0];
  private double[] exactScores = new double[0];
  private double[] slopes = new double[0];
  private int count;

  SequenceLossOp(Workers workers) {
    this.workers = workers;
  }

  void run(
      Tensor newLosses,
      Sequences sequences,
      SequenceOptions newOptions,
      Tensor toScores,
      Tensor toListLosses,
      Tensor toGradLosses) {
    int size = Math.toIntExact(sequences.costs().elements());
    count = Math.toIntExact(toListLosses.elements());
    reserve(size);
    read(sequences.starts(), starts, size);
    read(sequences.lengths(), lengths, size);
    read(sequences.lists(), lists, count + 1);
    Tensor from = sequences.costs();
    from.storage().read(from.offset(), costs, 0, size);
    check(newLosses.elements(), size);
    losses.set(newLosses);
    gradLosses.set(toGradLosses);
    options = newOptions;
    // Tokens of no sequence keep 0.
    toGradLosses.zero();
    workers.run(this, count);
    toScores.storage().write(toScores.offset(), scores, 0, size);
    toListLosses.storage().write(toListLosses.offset(), listLosses, 0, count);
  }

  private void reserve(int size) {
    if (starts.length < size) {
      starts = new int[size];
      lengths = new int[size];
      costs = new float[size];
      scores = new float[size];
      exactScores = new double[size];
      slopes = new double[size];
    }
    if (lists.length < count + 1) {
      lists = new int[count + 1];
      listLosses = new float[count];
    }
  }

  private static void read(Tensor tensor, int[] into, int size) {
    tensor.storage().read(tensor.offset(), into, 0, size);
  }

  private void check(long tokens, int size) {
    long end = 0;
    for (int s = 0; s < size; s++) {
      if (lengths[s] < 1 || starts[s] < end || (long) starts[s] + lengths[s] > tokens) {
        throw ValueErrors.noSequence(s, starts[s], lengths[s]);
      }
      end = (long) starts[s] + lengths[s];
    }
    for (int l = 0; l <= count; l++) {
      boolean fits = l == 0 ? lists[0] == 0 : lists[l] >= lists[l - 1] + 2L;
      if (!fits || l == count && lists[l] != size) {
        throw ValueErrors.noList(l, lists[l]);
      }
    }
    for (int s = 0; s < size; s++) {
      if (!Float.isFinite(costs[s])) {
        throw ValueErrors.noCost(s, costs[s]);
      }
    }
  }

  @Override
  public void run(int list, Scratch scratch) {
    int first = lists[list];
    int end = lists[list + 1];
    float[] block = scratch.block(0, BLOCK);
    for (int s = first; s < end; s++) {
      double sum = 0;
      for (int at = 0; at < lengths[s]; at += BLOCK) {
        int size = Math.min(BLOCK, lengths[s] - at);
        losses.read(starts[s] + (long) at, block, 0, size);
        sum -= VectorMath.sum(block, 0, size);
      }
      exactScores[s] = options.normalised() ? sum / lengths[s] : sum;
      scores[s] = (float) exactScores[s];
    }
    boolean risk = options.kind() == Kind.MINIMUM_RISK;
    double loss = risk ? risk(first, end) : ranking(first, end);
    if (options.likelihood() > 0) {
      int cheapest = cheapest(first, end);
      loss -= options.likelihood() * exactScores[cheapest];
      slopes[cheapest] -= options.likelihood();
    }
    listLosses[list] = (float) loss;
    for (int s = first; s < end; s++) {
      double slope = -slopes[s] / count;
      Arrays.fill(
          block,
          0,
          Math.min(BLOCK, lengths[s]),
          (float) (options.normalised() ? slope / lengths[s] : slope));
      for (int at = 0; at < lengths[s]; at += BLOCK) {
        gradLosses.write(starts[s] + (long) at, block, 0, Math.min(BLOCK, lengths[s] - at));
      }
    }
  }

  /**
   * Computes the expected cost. Costs are relative to that of the most probable hypothesis, so that
   * a gradient as small as the probability of the rest keeps its digits.
   */
  private double risk(int first, int end) {
    int best = first;
    for (int s = first; s < end; s++) {
      best = exactScores[s] > exactScores[best] ? s : best;
    }
    double sum = 0;
    double excess = 0;
    for (int s = first; s < end; s++) {
      slopes[s] = Math.exp(options.scale() * (exactScores[s] - exactScores[best]));
      sum += slopes[s];
      excess += slopes[s] * ((double) costs[s] - costs[best]);
    }
    excess /= sum;
    for (int s = first; s < end; s++) {
      slopes[s] *= options.scale() / sum * ((double) costs[s] - costs[best] - excess);
    }
    return costs[best] + excess;
  }

  private int cheapest(int first, int end) {
    int cheapest = first;
    for (int s = first; s < end; s++) {
      cheapest = costs[s] < costs[cheapest] ? s : cheapest;
    }
    return cheapest;
  }

  /** Computes the mean over the pairs of hypotheses of different costs. */
  private double ranking(int first, int end) {
    double loss = 0;
    long pairs = 0;
    Arrays.fill(slopes, first, end, 0);
    for (int s = first; s < end; s++) {
      for (int other = first; other < end; other++) {
        if (costs[s] < costs[other]) {
          pairs++;
          double lead = exactScores[s] - exactScores[other];
          double shortOf = options.margin() - options.scale() * lead;
          // Not >: a NaN score makes the loss NaN.
          if (!(shortOf <= 0)) {
            loss += shortOf;
            slopes[s]--;
            slopes[other]++;
          }
        }
      }
    }
    for (int s = first; s < end && pairs > 0; s++) {
      slopes[s] *= options.scale() / (double) pairs;
    }
    return pairs == 0 ? 0 : loss / pairs;
  }
}
