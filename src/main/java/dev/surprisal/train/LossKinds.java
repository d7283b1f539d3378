package dev.surprisal.train;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Divergence;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.Distillation;
import dev.surprisal.loss.Focal;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.Unlikelihood;
import dev.surprisal.train.TokenLossSpec.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The table of losses. */
final class LossKinds {
  private static final int IGNORE = CrossEntropyOptions.DEFAULT_IGNORE_INDEX;

  static final List<LossKind> ALL =
      List.of(
          ofLogits(
              "cross-entropy",
              "the surprisal of the next token",
              LossKinds::crossEntropy,
              penalty("0"),
              smoothing()),
          ofLogits(
              "confidence-penalty",
              "cross-entropy minus a share of the prediction's entropy",
              LossKinds::crossEntropy,
              penalty("0.1"),
              smoothing()),
          ofLogits(
              "focal",
              "cross-entropy with less weight on well predicted tokens",
              LossKinds::focal,
              new LossOption("gamma", "2", "exponent of the weight"),
              penalty("0")),
          ofLogits(
              "unlikelihood",
              "cross-entropy plus a penalty on repeating recent tokens",
              LossKinds::unlikelihood,
              new LossOption("alpha", "1", "weight of the unlikelihood"),
              new LossOption("context", "16", "number of recent tokens"),
              penalty("0")),
          distilling(
              "kl",
              "KL(teacher, student): covers everything that the teacher predicts",
              Divergence.KULLBACK_LEIBLER),
          distilling(
              "reverse-kl",
              "KL(student, teacher): concentrates on what the teacher predicts most",
              Divergence.REVERSE_KULLBACK_LEIBLER),
          distilling(
              "jensen-shannon",
              "Jensen-Shannon divergence: between the two, and bounded",
              Divergence.JENSEN_SHANNON,
              new LossOption("beta", "0.5", "share of the teacher in the mixture")),
          new LossKind(
              "sampled-softmax",
              "the surprisal within a sample of the vocabulary",
              SampledStart.OPTIONS,
              false,
              values -> new TokenLossSpec(values, SampledStart.of(SampledLoss.SOFTMAX, values))),
          new LossKind(
              "nce",
              "noise-contrastive estimation: separates the token from a sample of the vocabulary",
              SampledStart.OPTIONS,
              false,
              values ->
                  new TokenLossSpec(
                      values, SampledStart.of(SampledLoss.NOISE_CONTRASTIVE, values))),
          new LossKind(
              "adaptive-softmax",
              "the surprisal, with rare tokens in clusters of fewer units",
              List.of(
                  new LossOption("cutoffs", "2000+10000", "first token of each cluster"),
                  new LossOption("div", "4", "divisor of the units from cluster to cluster"),
                  new LossOption("bias", "false", "whether the head has a bias"),
                  new LossOption("chunk", "0", "rows of logits at a time; 0 for 64 MiB of them")),
              false,
              values -> new TokenLossSpec(values, AdaptiveStart.of(values))),
          new LossKind(
              "minimum-risk",
              "the expected cost of an n-best list's hypotheses",
              ofLists(),
              false,
              values -> new ListLossSpec(SequenceOptions.Kind.MINIMUM_RISK, values)),
          new LossKind(
              "ranking",
              "a margin loss on pairs of an n-best list's hypotheses in the wrong order",
              ofLists(new LossOption("margin", "1", "smallest wanted distance of a pair's scores")),
              false,
              values -> new ListLossSpec(SequenceOptions.Kind.RANKING, values)));

  private LossKinds() {}

  private static LossOption penalty(String standard) {
    return new LossOption("penalty", standard, "weight of the entropy bonus");
  }

  private static LossOption smoothing() {
    return new LossOption("smoothing", "0", "share of the target spread over all tokens");
  }

  /** The options of one loss of lists, followed by those that all of them have. */
  private static List<LossOption> ofLists(LossOption... options) {
    List<LossOption> all = new ArrayList<>(List.of(options));
    all.add(new LossOption("scale", "1", "factor on the log-probabilities of hypotheses"));
    all.add(new LossOption("likelihood", "0", "weight of the cheapest hypothesis's surprisal"));
    all.add(
        new LossOption(
            "normalised", "false", "whether log-probabilities are divided by the length"));
    return List.copyOf(all);
  }

  private static LossKind ofLogits(
      String name, String summary, Function<LossValues, Start> reader, LossOption... options) {
    return new LossKind(
        name,
        summary,
        withCommon(options),
        false,
        values -> new TokenLossSpec(values, reader.apply(values)));
  }

  /** The options of one loss, followed by those that all losses of logits have. */
  private static List<LossOption> withCommon(LossOption... options) {
    List<LossOption> all = new ArrayList<>(List.of(options));
    all.add(new LossOption("scale", "1", "factor on the logits, an inverse temperature"));
    all.add(new LossOption("cap", "0", "soft cap of the logits; 0 for none"));
    all.add(new LossOption("z", "0", "weight of the z-loss, the squared log-sum-exp"));
    all.add(new LossOption("chunk", "0", "rows of logits at a time; 0 for 64 MiB of them"));
    return List.copyOf(all);
  }

  private static LossKind distilling(
      String name, String summary, Divergence divergence, LossOption... more) {
    List<LossOption> options = new ArrayList<>(List.of(more));
    options.add(new LossOption("temperature", "2", "temperature of both distributions"));
    options.add(new LossOption("weight", "0.5", "weight of the teacher; the text has the rest"));
    options.add(penalty("0"));
    return new LossKind(
        name,
        summary,
        withCommon(options.toArray(LossOption[]::new)),
        true,
        values ->
            new TokenLossSpec(
                values,
                distillation(divergence, more.length > 0 ? values.number("beta") : 0.5f, values)));
  }

  private static Start crossEntropy(LossValues values) {
    CrossEntropyOptions options = new CrossEntropyOptions(IGNORE, values.number("smoothing"), null);
    LossSettings settings = values.settings();
    int chunk = values.integer("chunk", 0);
    return context -> {
      CrossEntropy loss =
          new CrossEntropy(
              context.device(), context.tokens(), context.classes(), options, settings);
      return new TokenObjective(context.project(loss, chunk), loss.targets());
    };
  }

  private static Start focal(LossValues values) {
    float gamma = values.number("gamma");
    if (!(gamma >= 0 && Float.isFinite(gamma))) {
      throw values.refused("gamma", "a number of 0 or more");
    }
    LossSettings settings = values.settings();
    int chunk = values.integer("chunk", 0);
    return context -> {
      Focal loss =
          new Focal(
              context.device(), context.tokens(), context.classes(), gamma, IGNORE, null, settings);
      return new TokenObjective(context.project(loss, chunk), loss.targets());
    };
  }

  private static Start unlikelihood(LossValues values) {
    float alpha = values.number("alpha");
    if (!(alpha >= 0 && Float.isFinite(alpha))) {
      throw values.refused("alpha", "a number of 0 or more");
    }
    int back = values.integer("context", 1);
    LossSettings settings = values.settings();
    int chunk = values.integer("chunk", 0);
    return context -> {
      Unlikelihood loss =
          new Unlikelihood(
              context.device(),
              context.tokens(),
              context.classes(),
              Math.min(back, context.window()),
              alpha,
              IGNORE,
              settings);
      return new RepetitionObjective(context.project(loss, chunk), loss, context.window());
    };
  }

  private static Start distillation(Divergence divergence, float beta, LossValues values) {
    DivergenceOptions options =
        new DivergenceOptions(
            divergence, beta, values.number("temperature"), values.number("weight"), IGNORE);
    LossSettings settings = values.settings();
    int chunk = values.integer("chunk", 0);
    return context -> {
      Distillation loss =
          new Distillation(
              context.device(), context.tokens(), context.classes(), options, settings);
      return new DistillationObjective(
          context.project(loss, chunk), loss, context.teacherOf(values.kind()), context);
    };
  }
}
