package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.Score;
import dev.surprisal.device.Bench;
import dev.surprisal.device.Device;
import dev.surprisal.device.OnEveryDevice;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.SequenceOptions.Kind;
import dev.surprisal.optim.OptimizerSpec;
import dev.surprisal.text.Tokenizers;
import dev.surprisal.text.UnknownTokenException;
import dev.surprisal.text.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NBestTrainerTest {
  private static final Vocabulary VOCABULARY =
      Vocabulary.fromMap(Tokenizers.CHARACTERS, Map.of("\n", 0, "a", 1, "b", 2, "c", 3));

  /** What costs is the number of b; lists and lengths differ. */
  private static final List<NBest> LISTS =
      List.of(
          list("abab", "acca", "bbbb"),
          list("ca", "cb"),
          list("bca", "acaca", "bab", "cac"),
          list("", "b", "bb"),
          list("bacab", "cacac"));

  private static NBest list(String... hypotheses) {
    float[] costs = new float[hypotheses.length];
    for (int i = 0; i < costs.length; i++) {
      costs[i] = hypotheses[i].chars().filter(c -> c == 'b').count();
    }
    return new NBest(List.of(hypotheses), costs);
  }

  private static LanguageModel model(Device device) {
    return LanguageModel.create(device, VOCABULARY, new ModelConfig(5, 7), 3);
  }

  private static NBestOptions options(Kind kind, float likelihood, long epochs) {
    SequenceOptions loss = new SequenceOptions(kind, 1, 1, likelihood, false);
    return new NBestOptions(loss, 2, OptimizerSpec.adam(0.02, 1), epochs, 1);
  }

  private static List<Double> train(LanguageModel model, NBestOptions options) {
    List<Double> losses = new ArrayList<>();
    new NBestTrainer(model, LISTS, options).run(losses::add);
    return losses;
  }

  /** How many lists the model would choose a hypothesis of that none is cheaper than. */
  private static int rankedRight(LanguageModel model) {
    int right = 0;
    for (NBest list : LISTS) {
      List<Score> scores = model.score(list.hypotheses());
      int best = 0;
      int cheapest = 0;
      for (int i = 0; i < scores.size(); i++) {
        best = scores.get(i).logProbability() > scores.get(best).logProbability() ? i : best;
        cheapest = list.costs()[i] < list.costs()[cheapest] ? i : cheapest;
      }
      right += list.costs()[best] == list.costs()[cheapest] ? 1 : 0;
    }
    return right;
  }

  @OnEveryDevice
  void training_lowers_the_loss_and_ranks_the_cheapest_hypothesis_first(Bench bench) {
    for (Kind kind : Kind.values()) {
      try (LanguageModel model = model(bench.device())) {
        List<Double> losses = train(model, options(kind, 0, 30));
        assertEquals(30, losses.size());
        assertTrue(losses.get(29) < 0.3 * losses.get(0), kind + ": " + losses);
        assertEquals(LISTS.size(), rankedRight(model), kind.toString());
      }
    }
  }

  @OnEveryDevice
  void the_first_loss_is_the_expected_cost_by_the_models_own_scores(Bench bench) {
    try (LanguageModel model = model(bench.device())) {
      double expected = 0;
      for (NBest list : LISTS) {
        double sum = 0;
        double costs = 0;
        List<Score> scores = model.score(list.hypotheses());
        for (int i = 0; i < scores.size(); i++) {
          double p = Math.exp(scores.get(i).logProbability());
          sum += p;
          costs += p * list.costs()[i];
        }
        expected += costs / sum / LISTS.size();
      }
      NBestOptions all =
          new NBestOptions(
              new SequenceOptions(Kind.MINIMUM_RISK, 1, 0, 0, false),
              LISTS.size(),
              OptimizerSpec.adam(1e-3, 0),
              1,
              1);
      assertEquals(expected, train(model, all).get(0), 1e-5 * expected + 1e-5);
    }
  }

  @OnEveryDevice
  void with_its_likelihood_the_cheapest_hypothesis_becomes_probable(Bench bench) {
    try (LanguageModel without = model(bench.device());
        LanguageModel with = model(bench.device())) {
      train(without, options(Kind.MINIMUM_RISK, 0, 20));
      train(with, options(Kind.MINIMUM_RISK, 0.5f, 20));
      assertTrue(
          with.score(List.of("acca")).get(0).logProbability()
              > without.score(List.of("acca")).get(0).logProbability());
    }
  }

  @Test
  void the_same_seed_gives_the_same_model() {
    float[][] found = new float[2][];
    for (int i = 0; i < 2; i++) {
      try (Device device = Device.cpu(i + 1);
          LanguageModel model = model(device)) {
        train(model, options(Kind.RANKING, 0.1f, 3));
        found[i] = model.network().parameters().values().toFloats();
      }
    }
    assertArrayEquals(found[0], found[1]);
  }

  @Test
  void a_training_that_is_stopped_ends_after_its_step() {
    try (Device device = Device.cpu(1);
        LanguageModel model = model(device)) {
      NBestTrainer trainer = new NBestTrainer(model, LISTS, options(Kind.RANKING, 0, 1000));
      List<Double> losses = new ArrayList<>();
      trainer.run(
          loss -> {
            losses.add(loss);
            trainer.stop();
          });
      assertEquals(1, losses.size());
    }
  }

  @Test
  void what_cannot_be_trained_on_is_refused() {
    NBestOptions options = options(Kind.RANKING, 0, 1);
    try (Device device = Device.cpu(1);
        LanguageModel model = model(device);
        LanguageModel endless =
            LanguageModel.create(
                device,
                Vocabulary.fromMap(Tokenizers.CHARACTERS, Map.of("a", 0, "b", 1)),
                new ModelConfig(5, 7),
                3)) {
      assertRefused(
          "expected one n-best list or more", () -> new NBestTrainer(model, List.of(), options));
      assertRefused("has no line end", () -> new NBestTrainer(endless, LISTS, options));
      NBest unknown = new NBest(List.of("a", "xy"), new float[] {0, 1});
      assertThrows(
          UnknownTokenException.class, () -> new NBestTrainer(model, List.of(unknown), options));
    }
    assertRefused("found 1", () -> new NBest(List.of("a"), new float[1]));
    assertRefused("found 0", () -> new NBest(List.of(), new float[0]));
    assertRefused("found 1 for 2", () -> new NBest(List.of("a", "b"), new float[1]));
    float[] nan = {0, Float.NaN};
    assertRefused("found NaN", () -> new NBest(List.of("a", "b"), nan));
    SequenceOptions loss = options.loss();
    OptimizerSpec adam = OptimizerSpec.adam(1, 0);
    assertRefused("found 0", () -> new NBestOptions(loss, 0, adam, 1, 1));
    assertRefused("found 0", () -> new NBestOptions(loss, 1, adam, 0, 1));
  }

  private static void assertRefused(String part, Runnable call) {
    String message = assertThrows(IllegalArgumentException.class, call::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}
