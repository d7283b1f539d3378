package dev.surprisal.loss;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.LossKernels;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;
import java.util.List;

/**
 * A loss of n-best lists on top of a loss of tokens: the expected cost of a hypothesis (minimum
 * risk, Shen et al. 2016) or a ranking of pairs, by the log-probabilities of the hypotheses.
 *
 * <p>It computes the token loss twice: forward, for the scores, and then with the gradient of the
 * lists' loss with respect to each token's loss. The token loss is any loss of logits or hidden
 * states whose value is −log q of the token.
 */
public final class SequenceLoss implements AutoCloseable {
  private final Loss loss;
  private final SequenceOptions options;
  private final Arena arena;
  private final LossKernels kernels;
  private final int tokens;
  private final Tensor starts;
  private final Tensor lengths;
  private final Tensor bounds;
  private final Tensor costs;
  private final Tensor scores;
  private final Tensor listLosses;
  private final Tensor gradLosses;
  private final Tensor count;
  private final Tensor total;
  private Sequences sequences;
  private Tensor scoresOfBatch;
  private Tensor lossesOfBatch;

  /**
   * Creates a loss of lists for batches of the token loss's size.
   *
   * @param device of the token loss
   * @param loss of tokens, without reduction; closed with this
   * @param options the loss of a list
   * @throws IllegalArgumentException if the token loss reduces its values
   */
  public SequenceLoss(Device device, Loss loss, SequenceOptions options) {
    this.loss = loss;
    this.options = options;
    kernels = device.kernels().losses();
    arena = new Arena(device);
    try {
      requireNoReduction(loss);
      tokens = Math.toIntExact(loss.losses().elements());
      // A sequence has a token or more, and a list two sequences.
      starts = arena.allocate(DType.INT32, tokens);
      lengths = arena.allocate(DType.INT32, tokens);
      bounds = arena.allocate(DType.INT32, tokens / 2 + 1);
      costs = arena.allocate(DType.FLOAT32, tokens);
      scores = arena.allocate(DType.FLOAT32, tokens);
      listLosses = arena.allocate(DType.FLOAT32, tokens / 2);
      gradLosses = arena.allocate(DType.FLOAT32, tokens);
      count = arena.allocate(DType.FLOAT32, 1);
      total = arena.allocate(DType.FLOAT32, 1);
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  private static void requireNoReduction(Loss loss) {
    try {
      loss.total();
    } catch (IllegalStateException expected) {
      return;
    }
    throw new IllegalArgumentException(
        "a sequence loss needs the losses of single tokens: create the token loss with "
            + Reduction.NONE);
  }

  /**
   * Writes the lists of a batch.
   *
   * @param lists one or more
   * @param places the index of each hypothesis's first token, list by list, increasing; unused
   *     tokens may lie between hypotheses
   * @throws IllegalArgumentException if the list is empty, a place is missing, or a hypothesis
   *     overlaps the one before or ends behind the last token; the lists before stay
   */
  public void write(List<NBestList> lists, int[] places) {
    int size = lists.stream().mapToInt(NBestList::size).sum();
    if (lists.isEmpty() || places.length != size) {
      throw new IllegalArgumentException(
          "a sequence loss takes 1 list or more and a place for each hypothesis, found "
              + lists.size()
              + " lists, of "
              + size
              + " hypotheses, and "
              + places.length
              + " places");
    }
    int[] newLengths = new int[size];
    float[] newCosts = new float[size];
    int[] newBounds = new int[lists.size() + 1];
    int at = 0;
    for (int l = 0; l < lists.size(); l++) {
      NBestList list = lists.get(l);
      System.arraycopy(list.lengths(), 0, newLengths, at, list.size());
      System.arraycopy(list.costs(), 0, newCosts, at, list.size());
      at += list.size();
      newBounds[l + 1] = at;
    }
    requirePlaces(places, newLengths);
    sequences =
        new Sequences(
            starts.slice(0, size),
            lengths.slice(0, size),
            bounds.slice(0, lists.size() + 1),
            costs.slice(0, size));
    sequences.starts().write(places);
    sequences.lengths().write(newLengths);
    sequences.lists().write(newBounds);
    sequences.costs().write(newCosts);
    scoresOfBatch = scores.slice(0, size);
    lossesOfBatch = listLosses.slice(0, lists.size());
    count.write((float) lists.size());
  }

  private void requirePlaces(int[] places, int[] newLengths) {
    long end = 0;
    for (int i = 0; i < places.length; i++) {
      long start = places[i];
      if (start < end || start + newLengths[i] > tokens) {
        throw new IllegalArgumentException(
            "sequence loss: expected hypothesis "
                + i
                + " of "
                + newLengths[i]
                + " tokens to lie in ["
                + end
                + ", "
                + tokens
                + "), found it at "
                + start);
      }
      end = start + newLengths[i];
    }
  }

  /**
   * Computes the losses of the lists.
   *
   * @param input of the token loss
   * @throws IllegalArgumentException in the cases of {@link Loss#forward}
   * @throws IllegalStateException if {@link #write} was not called
   */
  public void forward(Tensor input) {
    if (sequences == null) {
      throw new IllegalStateException("sequence loss: write the lists before computing their loss");
    }
    loss.forward(input);
    kernels.sequenceLoss(
        loss.losses(), sequences, options, scoresOfBatch, lossesOfBatch, gradLosses);
    kernels.reduceLosses(lossesOfBatch, count, total);
  }

  /**
   * Computes the losses of the lists and the gradient of their mean.
   *
   * @param input of the token loss
   * @param accumulate whether to add to the gradients of parameters instead of replacing them
   * @param gradInput the input's gradient
   * @throws IllegalArgumentException in the cases of {@link Loss#forwardBackward}
   * @throws IllegalStateException if {@link #write} was not called
   */
  public void forwardBackward(Tensor input, boolean accumulate, Tensor gradInput) {
    forward(input);
    loss.forwardBackward(input, gradLosses, accumulate, gradInput);
  }

  /**
   * Returns the log-probability of each hypothesis, divided by its length if the options ask for
   * it.
   *
   * @return [S], list by list
   */
  public Tensor scores() {
    return scoresOfBatch;
  }

  /**
   * Returns the loss of each list.
   *
   * @return [L]
   */
  public Tensor losses() {
    return lossesOfBatch;
  }

  /**
   * Returns the mean loss of the lists.
   *
   * @return [1]
   */
  public Tensor total() {
    return total;
  }

  @Override
  public void close() {
    arena.close();
    loss.close();
  }
}
