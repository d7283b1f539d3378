package dev.surprisal;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores lines. Lines of similar length form batches and pass through windows of one shape; the
 * state is carried from window to window, so a long line needs no more memory than a short one.
 */
final class Scorer implements AutoCloseable {
  private static final int BATCH = 32;
  private static final int WINDOW = 32;

  private final Pass pass;
  private final Surprisals loss;
  private final int boundary;
  private final int batch;
  private final int[] inputIds;
  private final int[] targetIds;
  private final float[] losses;

  private Scorer(Network network, int boundary, int lines) {
    this.boundary = boundary;
    batch = Math.min(lines, BATCH);
    pass = network.inference(batch, WINDOW);
    try {
      loss = new Surprisals(network, batch * WINDOW);
    } catch (RuntimeException failure) {
      pass.close();
      throw failure;
    }
    inputIds = new int[batch * WINDOW];
    targetIds = new int[batch * WINDOW];
    losses = new float[batch * WINDOW];
  }

  static List<Score> score(LanguageModel model, List<String> lines) {
    if (lines.isEmpty()) {
      return List.of();
    }
    Vocabulary vocabulary = model.vocabulary();
    int boundary =
        vocabulary
            .boundary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this model has seen no line end, so it cannot score single lines:"
                            + " train it on a text of several lines"));
    List<int[]> sequences = new ArrayList<>();
    for (String line : lines) {
      int[] ids = vocabulary.encode(line);
      int[] withEnd = Arrays.copyOf(ids, ids.length + 1);
      withEnd[ids.length] = boundary;
      sequences.add(withEnd);
    }
    Score[] scores = new Score[lines.size()];
    int[] byLength =
        IntStream.range(0, lines.size())
            .boxed()
            .sorted(Comparator.comparingInt(line -> sequences.get(line).length))
            .mapToInt(Integer::intValue)
            .toArray();
    try (Scorer scorer = new Scorer(model.network(), boundary, lines.size())) {
      for (int at = 0; at < byLength.length; at += scorer.batch) {
        int end = Math.min(byLength.length, at + scorer.batch);
        scorer.scoreBatch(Arrays.copyOfRange(byLength, at, end), sequences, scores);
      }
    }
    return List.of(scores);
  }

  private void scoreBatch(int[] lines, List<int[]> sequences, Score[] scores) {
    double[][] logProbabilities = new double[lines.length][];
    int longest = 0;
    for (int row = 0; row < lines.length; row++) {
      int length = sequences.get(lines[row]).length;
      logProbabilities[row] = new double[length];
      longest = Math.max(longest, length);
    }
    pass.resetState();
    for (int at = 0; at < longest; at += WINDOW) {
      fill(lines, sequences, at);
      pass.forward();
      loss.forward(pass.hidden());
      pass.carryState();
      loss.losses().read(losses);
      for (int row = 0; row < lines.length; row++) {
        int end = Math.min(logProbabilities[row].length, at + WINDOW);
        for (int t = at; t < end; t++) {
          logProbabilities[row][t] = -losses[row * WINDOW + t - at];
        }
      }
    }
    for (int row = 0; row < lines.length; row++) {
      scores[lines[row]] =
          new Score(
              Arrays.stream(logProbabilities[row]).sum(),
              sequences.get(lines[row]),
              logProbabilities[row]);
    }
  }

  /** Writes tokens [at, at + WINDOW) of each line; positions beyond its end are ignored. */
  private void fill(int[] lines, List<int[]> sequences, int at) {
    Arrays.fill(inputIds, boundary);
    Arrays.fill(targetIds, CrossEntropyOptions.DEFAULT_IGNORE_INDEX);
    for (int row = 0; row < lines.length; row++) {
      int[] ids = sequences.get(lines[row]);
      for (int t = at; t < Math.min(ids.length, at + WINDOW); t++) {
        int place = row * WINDOW + t - at;
        inputIds[place] = t == 0 ? boundary : ids[t - 1];
        targetIds[place] = ids[t];
      }
    }
    pass.tokens().write(inputIds);
    loss.write(targetIds);
  }

  @Override
  public void close() {
    loss.close();
    pass.close();
  }
}
