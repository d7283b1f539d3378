package dev.surprisal.train;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.loss.NBestList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Steps of training on n-best lists, each with up to so many hypotheses of up to so many tokens. A
 * hypothesis is a row of the batch and starts from a zero state, after a boundary, like a line that
 * is scored.
 */
final class NBestStep {
  private final TrainingStep step;
  private final ListObjective objective;
  private final int boundary;
  private final int rows;
  private final int window;
  private final int[] inputIds;
  private final int[] targetIds;

  /** Hypotheses with a boundary at the end, and the cost of each. */
  record Encoded(List<int[]> hypotheses, float[] costs) {
    NBestList list() {
      return new NBestList(hypotheses.stream().mapToInt(ids -> ids.length).toArray(), costs);
    }
  }

  NBestStep(TrainingStep step, ListObjective objective, int boundary, int rows, int window) {
    this.step = step;
    this.objective = objective;
    this.boundary = boundary;
    this.rows = rows;
    this.window = window;
    inputIds = new int[rows * window];
    targetIds = new int[rows * window];
  }

  /** Issues a step; its loss is the mean over the lists. */
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
    objective.write(sizes, Arrays.copyOf(places, row));
    step.run(inputIds, targetIds, false);
  }
}
