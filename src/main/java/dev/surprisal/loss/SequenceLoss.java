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
 * A loss of whole sequences, on top of one of tokens: n-best lists are judged by the
 * log-probabilities of their hypotheses, by the expected cost (minimum risk, Shen et al. 2016) or
 * by the ranking of pairs.
 *
 * <p>The token loss is computed twice: forward, for the scores, and then with the gradient that the
 * loss of the lists has with respect to each of its values. Any loss of logits or hidden states
 * will do whose value is −log q of the token.
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
   * A loss of lists over batches of as many tokens as the token loss takes.
   *
   * @param device of the token loss
   * @param loss of tokens, without reduction; is closed with this
   * @param options which loss of a list
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
        "a sequence loss needs the losses of single tokens: make the token loss with "
            + Reduction.NONE);
  }

  /**
   * Takes the lists of a batch.
   *
   * @param lists one or more
   * @param places where each hypothesis starts among the tokens, list by list; they follow one
   *     another, with or without tokens of none in between
   * @throws IllegalArgumentException if there is no list, a place is missing, or a hypothesis
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
   * @throws IllegalArgumentException as {@link Loss#forward}
   * @throws IllegalStateException if no lists were written
   */
  public void forward(Tensor input) {
    if (sequences == null) {
      throw new IllegalStateException("write the lists before their loss is computed");
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
   * @param accumulate whether to add to the gradients of parameters that are there
   * @param gradInput the input's gradient
   * @throws IllegalArgumentException as {@link Loss#forwardBackward}
   * @throws IllegalStateException if no lists were written
   */
  public void forwardBackward(Tensor input, boolean accumulate, Tensor gradInput) {
    forward(input);
    loss.forwardBackward(input, gradLosses, accumulate, gradInput);
  }

  /**
   * The log-probability of each hypothesis, divided by its length if the options say so.
   *
   * @return [S], list by list
   */
  public Tensor scores() {
    return scoresOfBatch;
  }

  /**
   * The loss of each list.
   *
   * @return [L]
   */
  public Tensor losses() {
    return lossesOfBatch;
  }

  /**
   * The mean loss of the lists.
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
