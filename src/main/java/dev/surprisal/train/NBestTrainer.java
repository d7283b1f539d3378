package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.text.Vocabulary;
import dev.surprisal.train.NBestStep.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleConsumer;

/**
 * Trains a model on n-best lists, so that it ranks those hypotheses first that cost least: for
 * re-ranking what a recogniser or translator offers. It is meant for a model that has read text
 * before; the lists alone do not make a language model.
 */
public final class NBestTrainer {
  /** Tokens of a batch; bounds its memory. */
  private static final int MOST_TOKENS = 1 << 24;

  /** Steps whose losses may be under way. */
  private static final int AHEAD = 1;

  private final LanguageModel model;
  private final NBestOptions options;
  private final int boundary;
  private final List<Encoded> lists = new ArrayList<>();
  private volatile boolean stopping;
  private long steps;

  /**
   * Training that has not begun.
   *
   * @param model what is trained; its device computes
   * @param nbests what on, one or more
   * @param options how
   * @throws IllegalArgumentException if there is no list, the model knows no line end, or so many
   *     hypotheses of such a length are too large for one step
   * @throws dev.surprisal.text.UnknownTokenException if a hypothesis has a token that the model
   *     does not know
   */
  public NBestTrainer(LanguageModel model, List<NBest> nbests, NBestOptions options) {
    this.model = model;
    this.options = options;
    Vocabulary vocabulary = model.vocabulary();
    boundary =
        vocabulary
            .boundary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this model has seen no line end, so it cannot score hypotheses:"
                            + " train it on a text of several lines"));
    if (model.config().head() instanceof HeadConfig.Adaptive) {
      throw new IllegalArgumentException(
          "n-best lists are trained on with a projection, found a model with "
              + model.config().head());
    }
    if (nbests.isEmpty()) {
      throw new IllegalArgumentException("there is no n-best list to train on");
    }
    for (NBest nbest : nbests) {
      List<int[]> hypotheses = new ArrayList<>();
      for (String line : nbest.hypotheses()) {
        int[] ids = vocabulary.encode(line);
        int[] withEnd = Arrays.copyOf(ids, ids.length + 1);
        withEnd[ids.length] = boundary;
        hypotheses.add(withEnd);
      }
      lists.add(new Encoded(hypotheses, nbest.costs()));
    }
    long tokens = rows() * window();
    if (tokens > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "training takes up to 2^24 tokens a step, found "
              + rows()
              + " hypotheses by "
              + window()
              + " tokens: take fewer lists a step");
    }
  }

  /** Hypotheses of a step at most, however the lists are shuffled. */
  private long rows() {
    return lists.stream()
        .map(list -> list.hypotheses().size())
        .sorted(Collections.reverseOrder())
        .limit(options.lists())
        .mapToLong(Integer::longValue)
        .sum();
  }

  /** Tokens of the longest hypothesis. */
  private long window() {
    return lists.stream()
        .flatMap(list -> list.hypotheses().stream())
        .mapToLong(ids -> ids.length)
        .max()
        .orElseThrow();
  }

  /** Ends the training after the step that it is at. May be called from any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until all epochs are done or {@link #stop} is called.
   *
   * @param onEpoch hears of the mean loss of the lists of each whole epoch
   * @throws NonFiniteLossException if a loss becomes NaN or infinite
   */
  public void run(DoubleConsumer onEpoch) {
    try (NBestStep step =
        new NBestStep(model.network(), options, boundary, (int) rows(), (int) window())) {
      for (long epoch = 0; epoch < options.epochs() && !stopping; epoch++) {
        List<Encoded> order = new ArrayList<>(lists);
        Collections.shuffle(order, new Random(options.seed() + epoch));
        double loss = runEpoch(step, order);
        if (!stopping) {
          onEpoch.accept(loss);
        }
      }
    }
  }

  private double runEpoch(NBestStep step, List<Encoded> order) {
    List<Integer> sizes = new ArrayList<>();
    double sum = 0;
    for (int at = 0; at < order.size() && !stopping; at += options.lists()) {
      List<Encoded> part = order.subList(at, Math.min(order.size(), at + options.lists()));
      step.run(part);
      sizes.add(part.size());
      if (step.losses().pending() > AHEAD) {
        sum += take(step) * sizes.remove(0);
      }
    }
    while (!sizes.isEmpty()) {
      sum += take(step) * sizes.remove(0);
    }
    return sum / order.size();
  }

  private double take(NBestStep step) {
    double loss = step.losses().take();
    if (!Double.isFinite(loss)) {
      throw new NonFiniteLossException(
          "the loss of n-best lists became " + loss, steps, "nothing of this training is saved");
    }
    steps++;
    return loss;
  }
}
