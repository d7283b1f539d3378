package dev.surprisal;

import dev.surprisal.device.Arena;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores lines: batches of similar length go through windows of one shape, their states carried
 * from window to window, so that a long line takes no more memory than a short one.
 */
final class Scorer implements AutoCloseable {
  private static final int BATCH = 32;
  private static final int WINDOW = 32;

  /** Elements; bounds the logits' memory, 16 MiB. */
  private static final int LOGITS = 1 << 22;

  private final Pass pass;
  private final Arena arena;
  private final Tensor targets;
  private final CrossEntropy loss;
  private final int boundary;
  private final int batch;
  private final int window;
  private final int[] inputIds;
  private final int[] targetIds;
  private final float[] losses;

  private Scorer(Network network, int boundary, int lines) {
    this.boundary = boundary;
    int tokens = Math.max(1, LOGITS / network.vocabularySize());
    batch = Math.min(lines, Math.min(BATCH, tokens));
    window = Math.min(WINDOW, Math.max(1, tokens / batch));
    arena = new Arena(network.device());
    pass = network.inference(batch, window);
    try {
      targets = arena.allocate(DType.INT32, batch, window);
      loss = new CrossEntropy(network.device(), batch * window, CrossEntropyOptions.NONE);
    } catch (RuntimeException failure) {
      arena.close();
      pass.close();
      throw failure;
    }
    inputIds = new int[batch * window];
    targetIds = new int[batch * window];
    losses = new float[batch * window];
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
    for (int at = 0; at < longest; at += window) {
      fill(lines, sequences, at);
      pass.forward();
      loss.forward(pass.logits(), targets);
      pass.carryState();
      loss.losses().read(losses);
      for (int row = 0; row < lines.length; row++) {
        int end = Math.min(logProbabilities[row].length, at + window);
        for (int t = at; t < end; t++) {
          logProbabilities[row][t] = -losses[row * window + t - at];
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

  /** Tokens [at, at + window) of each line; what lies beyond its end is not counted. */
  private void fill(int[] lines, List<int[]> sequences, int at) {
    Arrays.fill(inputIds, boundary);
    Arrays.fill(targetIds, CrossEntropyOptions.DEFAULT_IGNORE_INDEX);
    for (int row = 0; row < lines.length; row++) {
      int[] ids = sequences.get(lines[row]);
      for (int t = at; t < Math.min(ids.length, at + window); t++) {
        int place = row * window + t - at;
        inputIds[place] = t == 0 ? boundary : ids[t - 1];
        targetIds[place] = ids[t];
      }
    }
    pass.tokens().write(inputIds);
    targets.write(targetIds);
  }

  @Override
  public void close() {
    loss.close();
    arena.close();
    pass.close();
  }
}
