package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;
import dev.surprisal.nn.AdaptiveSoftmax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The surprisal of target classes under an {@link AdaptiveSoftmax}, as a loss of hidden states, [M,
 * H]: the cross-entropy of the head over all tokens, plus, for tokens whose target is in a cluster,
 * that of the cluster's tail. A tail works on the rows of its own tokens, and logits exist for a
 * chunk of rows at a time.
 *
 * <p>The rows of a tail differ from batch to batch, so a device cannot record this loss.
 */
public final class AdaptiveLoss implements Loss {
  private static final int IGNORED = CrossEntropyOptions.DEFAULT_IGNORE_INDEX;

  private final int tokens;
  private final int classes;
  private final int shortlist;
  private final int ignoreIndex;
  private final CrossEntropy head;
  private final Projected projected;
  private final Arena arena;
  private final Tensor positions;
  private final Tensor targets;
  private final List<AdaptiveTail> tails = new ArrayList<>();
  private final int[] ofHead;
  private final int[] order;
  private final int[] within;
  private final int[] begins;

  /**
   * Creates a loss for batches of one size, in chunks whose logits take about {@link
   * Projected#DEFAULT_BYTES}.
   *
   * @param softmax the last layer, whose gradients this writes
   * @param tokens M
   * @param ignoreIndex the target of tokens to leave out
   * @param reduction of the losses of single tokens
   */
  public AdaptiveLoss(AdaptiveSoftmax softmax, int tokens, int ignoreIndex, Reduction reduction) {
    this(softmax, tokens, ignoreIndex, reduction, 0);
  }

  /**
   * Creates a loss for batches of one size.
   *
   * @param softmax the last layer, whose gradients this writes
   * @param tokens M
   * @param ignoreIndex the target of tokens to leave out
   * @param reduction of the losses of single tokens
   * @param chunkRows the number of rows of logits in a chunk; 0 for as many as take about {@link
   *     Projected#DEFAULT_BYTES}
   * @throws IllegalArgumentException if a size is negative
   */
  public AdaptiveLoss(
      AdaptiveSoftmax softmax, int tokens, int ignoreIndex, Reduction reduction, long chunkRows) {
    this.tokens = tokens;
    this.ignoreIndex = ignoreIndex;
    classes = Math.toIntExact(softmax.classes());
    shortlist = Math.toIntExact(softmax.shortlist());
    Device device = softmax.device();
    long choices = softmax.head().weight().shape().size(0);
    head =
        new CrossEntropy(
            device, tokens, choices, CrossEntropyOptions.PLAIN, LossSettings.of(reduction));
    projected =
        new Projected(
            head,
            softmax.head(),
            softmax.headGradients(),
            chunkRows == 0 ? Projected.rowsWithin(Projected.DEFAULT_BYTES, choices) : chunkRows);
    arena = new Arena(device);
    try {
      positions = arena.allocate(DType.INT32, tokens);
      targets = arena.allocate(DType.INT32, tokens);
      for (AdaptiveSoftmax.Cluster cluster : softmax.clusters()) {
        tails.add(new AdaptiveTail(cluster, head, arena, chunkRows));
      }
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
    ofHead = new int[tokens];
    order = new int[tokens];
    within = new int[tokens];
    begins = new int[tails.size() + 1];
  }

  /**
   * Writes the targets of a batch.
   *
   * @param ids M targets, each in [0, V) or the ignore index
   * @throws IllegalArgumentException if one is neither, or their number is not M; the targets
   *     before stay
   */
  public void write(int[] ids) {
    if (ids.length != tokens) {
      throw new IllegalArgumentException(
          "adaptive softmax: expected " + tokens + " targets, found " + ids.length);
    }
    for (int token = 0; token < tokens; token++) {
      int target = ids[token];
      if (target != ignoreIndex && (target < 0 || target >= classes)) {
        throw ValueErrors.outsideVocabulary("adaptive softmax", token, target, classes);
      }
    }
    Arrays.fill(begins, 0);
    for (int token = 0; token < tokens; token++) {
      int tail = tailOf(ids[token]);
      ofHead[token] =
          ids[token] == ignoreIndex ? IGNORED : tail < 0 ? ids[token] : shortlist + tail;
      if (tail >= 0) {
        begins[tail + 1]++;
      }
    }
    for (int tail = 0; tail < tails.size(); tail++) {
      begins[tail + 1] += begins[tail];
    }
    int[] next = begins.clone();
    for (int token = 0; token < tokens; token++) {
      int tail = tailOf(ids[token]);
      if (tail >= 0) {
        order[next[tail]] = token;
        within[next[tail]++] = ids[token] - (int) tails.get(tail).first();
      }
    }
    head.targets().write(ofHead);
    positions.write(order);
    targets.write(within);
  }

  /** The cluster of a target; −1 if the target is in the shortlist or ignored. */
  private int tailOf(int target) {
    if (target == ignoreIndex) {
      return -1;
    }
    int tail = tails.size() - 1;
    while (tail >= 0 && target < tails.get(tail).first()) {
      tail--;
    }
    return tail;
  }

  @Override
  public void forward(Tensor hidden) {
    projected.forward(hidden);
    for (int i = 0; i < tails.size(); i++) {
      tails.get(i).forward(hidden, rows(positions, i), rows(targets, i));
    }
    // Reduces again, with what the tails added.
    head.end();
  }

  @Override
  public void forwardBackward(
      Tensor hidden, Tensor gradLosses, boolean accumulate, Tensor gradHidden) {
    projected.forwardBackward(hidden, gradLosses, accumulate, gradHidden);
    for (int i = 0; i < tails.size(); i++) {
      tails
          .get(i)
          .forwardBackward(
              hidden, rows(positions, i), rows(targets, i), gradLosses, accumulate, gradHidden);
    }
    head.end();
  }

  private Tensor rows(Tensor of, int tail) {
    return of.slice(begins[tail], begins[tail + 1] - begins[tail]);
  }

  /**
   * Sets the number of tokens that {@link Reduction#MEAN_OF_GIVEN} divides by.
   *
   * @param count the tokens of all batches whose gradients add up, 0 or more
   * @throws IllegalStateException if the reduction is another
   * @throws IllegalArgumentException if it is negative
   */
  public void tokenCount(long count) {
    head.tokenCount(count);
  }

  @Override
  public Tensor losses() {
    return projected.losses();
  }

  @Override
  public Tensor total() {
    return projected.total();
  }

  @Override
  public void close() {
    arena.close();
    projected.close();
  }
}
