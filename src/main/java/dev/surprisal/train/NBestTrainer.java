package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Readback;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Optimizer;
import dev.surprisal.text.Vocabulary;
import dev.surprisal.train.NBestStep.Encoded;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleConsumer;

/**
 * Trains a model on n-best lists, so that it ranks the cheapest hypotheses first: for reranking the
 * output of a recogniser or translator. Start from a model trained on text; the lists alone do not
 * make a language model.
 */
public final class NBestTrainer {
  /** The most tokens in a batch, which bounds its memory. */
  private static final int MOST_TOKENS = 1 << 24;

  /** Steps issued before the loss of the first is read. */
  private static final int AHEAD = 1;

  private final LanguageModel model;
  private final NBestOptions options;
  private final int boundary;
  private final List<Encoded> lists = new ArrayList<>();
  private volatile boolean stopping;
  private long steps;

  /**
   * Prepares training.
   *
   * @param model the model to train; its device computes
   * @param nbests the lists, one or more
   * @param options loss, optimiser, number of epochs
   * @throws IllegalArgumentException if there is no list, the model's vocabulary has no line end,
   *     its last layer is an adaptive softmax, or a step has too many tokens
   * @throws dev.surprisal.text.UnknownTokenException if a hypothesis has a token outside the
   *     model's vocabulary
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
                        "the model's vocabulary has no line end, so it cannot score hypotheses:"
                            + " train it on a text of several lines"));
    if (model.config().head() instanceof HeadConfig.Adaptive) {
      throw new IllegalArgumentException(
          "training on n-best lists takes a model with a projection, found one with "
              + model.config().head());
    }
    if (nbests.isEmpty()) {
      throw new IllegalArgumentException(
          "expected one n-best list or more to train on, found none");
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
              + " tokens: use fewer lists a step");
    }
  }

  /** The most hypotheses in a step, in any order of the lists. */
  private long rows() {
    return lists.stream()
        .map(list -> list.hypotheses().size())
        .sorted(Collections.reverseOrder())
        .limit(options.lists())
        .mapToLong(Integer::longValue)
        .sum();
  }

  /** The number of tokens of the longest hypothesis. */
  private long window() {
    return lists.stream()
        .flatMap(list -> list.hypotheses().stream())
        .mapToLong(ids -> ids.length)
        .max()
        .orElseThrow();
  }

  /** Ends training after the current step. Any thread may call this. */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until all epochs are done or {@link #stop} is called.
   *
   * @param onEpoch receives the mean loss of a list after each whole epoch
   * @throws NonFiniteLossException if a loss becomes NaN or infinite
   */
  public void run(DoubleConsumer onEpoch) {
    Network network = model.network();
    int rows = (int) rows();
    int window = (int) window();
    try (Pass pass = network.training(rows, window, options.seed());
        ListObjective objective = new ListObjective(network, rows * window, options.loss());
        Optimizer optimizer = options.optimizer().create(network.parameters());
        TrainingStep step =
            new TrainingStep(
                model.device(), pass, objective, optimizer, options.optimizer().schedule())) {
      NBestStep batches = new NBestStep(step, objective, boundary, rows, window);
      for (long epoch = 0; epoch < options.epochs() && !stopping; epoch++) {
        List<Encoded> order = new ArrayList<>(lists);
        Collections.shuffle(order, new Random(options.seed() + epoch));
        double loss = runEpoch(batches, step.losses(), order);
        if (!stopping) {
          onEpoch.accept(loss);
        }
      }
    }
  }

  private double runEpoch(NBestStep step, Readback losses, List<Encoded> order) {
    List<Integer> sizes = new ArrayList<>();
    double sum = 0;
    for (int at = 0; at < order.size() && !stopping; at += options.lists()) {
      List<Encoded> part = order.subList(at, Math.min(order.size(), at + options.lists()));
      step.run(part);
      sizes.add(part.size());
      if (losses.pending() > AHEAD) {
        sum += take(losses) * sizes.remove(0);
      }
    }
    while (!sizes.isEmpty()) {
      sum += take(losses) * sizes.remove(0);
    }
    return sum / order.size();
  }

  private double take(Readback losses) {
    double loss = losses.take();
    if (!Double.isFinite(loss)) {
      throw new NonFiniteLossException(
          "the loss of n-best lists became " + loss, steps, "nothing of this training is saved");
    }
    steps++;
    return loss;
  }
}
