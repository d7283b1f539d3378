package dev.surprisal.train;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Readback;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.NBestList;
import dev.surprisal.loss.Projected;
import dev.surprisal.loss.SequenceLoss;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Adam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One step of training on n-best lists, for up to so many hypotheses of up to so many tokens. Each
 * is a row of the batch and starts from a zero state, after a boundary, as a line that is scored.
 */
final class NBestStep implements AutoCloseable {
  private final Pass pass;
  private final CrossEntropy tokenLoss;
  private final SequenceLoss loss;
  private final Adam adam;
  private final Readback losses;
  private final int boundary;
  private final int rows;
  private final int window;
  private final int[] inputIds;
  private final int[] targetIds;

  /** Hypotheses with their boundary at the end, and what each costs. */
  record Encoded(List<int[]> hypotheses, float[] costs) {
    NBestList list() {
      return new NBestList(hypotheses.stream().mapToInt(ids -> ids.length).toArray(), costs);
    }
  }

  NBestStep(Network network, NBestOptions options, int boundary, int rows, int window) {
    this.boundary = boundary;
    this.rows = rows;
    this.window = window;
    inputIds = new int[rows * window];
    targetIds = new int[rows * window];
    pass = network.training(rows, window);
    try {
      tokenLoss =
          new CrossEntropy(
              network.device(),
              inputIds.length,
              network.vocabularySize(),
              CrossEntropyOptions.PLAIN,
              LossSettings.NONE);
      loss =
          new SequenceLoss(
              network.device(), new Projected(tokenLoss, network.projection()), options.loss());
      adam =
          new Adam(
              network.parameters(),
              options.learningRate(),
              AdamOptions.DEFAULT.clippedAt(options.clip()));
      losses = network.device().readback(loss.total());
    } catch (RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Issues a step; its loss, the mean over the lists, is the next to be taken. */
  void run(List<Encoded> lists) {
    Arrays.fill(inputIds, boundary);
    Arrays.fill(targetIds, CrossEntropyOptions.DEFAULT_IGNORE_INDEX);
    List<NBestList> sizes = new ArrayList<>();
    int[] places = new int[rows];
    int row = 0;
    for (Encoded list : lists) {
      sizes.add(list.list());
      for (int[] ids : list.hypotheses()) {
        places[row] = row * window;
        System.arraycopy(ids, 0, inputIds, places[row] + 1, ids.length - 1);
        System.arraycopy(ids, 0, targetIds, places[row], ids.length);
        row++;
      }
    }
    pass.resetState();
    pass.tokens().write(inputIds);
    tokenLoss.targets().write(targetIds);
    loss.write(sizes, Arrays.copyOf(places, row));
    pass.forward();
    loss.forwardBackward(pass.hidden(), false, pass.gradHidden());
    pass.backward(false);
    adam.step();
    losses.request();
  }

  Readback losses() {
    return losses;
  }

  /** Closes also what a failed constructor leaves. */
  @Override
  public void close() {
    if (losses != null) {
      losses.close();
    }
    if (adam != null) {
      adam.close();
    }
    if (loss != null) {
      loss.close();
    }
    pass.close();
  }
}
