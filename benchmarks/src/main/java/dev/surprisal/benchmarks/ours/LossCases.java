package dev.surprisal.benchmarks.ours;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.device.Divergence;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LossOptions;
import dev.surprisal.device.SampledLoss;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.loss.AdaptiveLoss;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.Distillation;
import dev.surprisal.loss.Focal;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.NBestList;
import dev.surprisal.loss.Reduction;
import dev.surprisal.loss.Sampled;
import dev.surprisal.loss.Sampler;
import dev.surprisal.loss.SequenceLoss;
import dev.surprisal.loss.TargetLoss;
import dev.surprisal.loss.Unlikelihood;
import dev.surprisal.nn.AdaptiveSoftmax;
import dev.surprisal.nn.HeadConfig;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The losses that are measured, by the names that {@code train} uses. */
public final class LossCases {
  private static final int IGNORE = CrossEntropyOptions.DEFAULT_IGNORE_INDEX;
  private static final int CANDIDATES = 16;
  private static final int SAMPLES = 1024;
  private static final int LISTS = 4;
  private static final int HYPOTHESES = 5;

  private static final Map<String, Function<LossBed, Measured>> ALL = new LinkedHashMap<>();

  static {
    add("cross-entropy", bed -> crossEntropy(bed, 0, LossOptions.NONE));
    add("cross-entropy:smoothing=0.1", bed -> crossEntropy(bed, 0.1f, LossOptions.NONE));
    add("confidence-penalty", bed -> crossEntropy(bed, 0, new LossOptions(1, 0, 0, 0.1f)));
    add("focal", LossCases::focal);
    add("unlikelihood", LossCases::unlikelihood);
    add("kl", bed -> distillation(bed, Divergence.KULLBACK_LEIBLER));
    add("reverse-kl", bed -> distillation(bed, Divergence.REVERSE_KULLBACK_LEIBLER));
    add("jensen-shannon", bed -> distillation(bed, Divergence.JENSEN_SHANNON));
    ALL.put("sampled-softmax:sampler=log-uniform", bed -> sampled(bed, SampledLoss.SOFTMAX));
    ALL.put("nce:sampler=log-uniform", bed -> sampled(bed, SampledLoss.NOISE_CONTRASTIVE));
    ALL.put("adaptive-softmax:cutoffs=2000+10000", LossCases::adaptive);
    ALL.put("minimum-risk", bed -> sequences(bed, SequenceOptions.Kind.MINIMUM_RISK));
    ALL.put("ranking", bed -> sequences(bed, SequenceOptions.Kind.RANKING));
  }

  private LossCases() {}

  /** A loss of logits that the bed's chunks go through. */
  private static void add(String name, Function<LossBed, TargetLoss> maker) {
    ALL.put(
        name,
        bed -> {
          TargetLoss loss = maker.apply(bed);
          return Measured.of(bed.project(loss), loss.targets()::write, bed);
        });
  }

  /** The variants that there are of a projected loss. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  static Measured make(String name, LossBed bed) {
    Function<LossBed, Measured> maker = ALL.get(name);
    if (maker == null) {
      throw new IllegalArgumentException(
          "no loss '" + name + "' is measured; there are " + names());
    }
    return maker.apply(bed);
  }

  private static TargetLoss crossEntropy(LossBed bed, float smoothing, LossOptions options) {
    return new CrossEntropy(
        bed.device(),
        bed.shape().rows(),
        bed.shape().vocabulary(),
        new CrossEntropyOptions(IGNORE, smoothing, null),
        LossSettings.MEAN.with(options));
  }

  private static TargetLoss focal(LossBed bed) {
    return new Focal(
        bed.device(),
        bed.shape().rows(),
        bed.shape().vocabulary(),
        2,
        IGNORE,
        null,
        LossSettings.MEAN);
  }

  private static TargetLoss unlikelihood(LossBed bed) {
    Unlikelihood loss =
        new Unlikelihood(
            bed.device(),
            bed.shape().rows(),
            bed.shape().vocabulary(),
            CANDIDATES,
            1,
            IGNORE,
            LossSettings.MEAN);
    int[] candidates = new int[bed.shape().rows() * CANDIDATES];
    int[] tokens = bed.text().inputs();
    Arrays.setAll(candidates, i -> tokens[Math.max(0, i / CANDIDATES - i % CANDIDATES)]);
    loss.candidates().write(candidates);
    return loss;
  }

  private static TargetLoss distillation(LossBed bed, Divergence divergence) {
    Device device = bed.device();
    Distillation loss =
        new Distillation(
            device,
            bed.shape().rows(),
            bed.shape().vocabulary(),
            new DivergenceOptions(divergence, 0.5f, 2, 0.5f, IGNORE),
            LossSettings.MEAN);
    loss.teacher(bed.teacher(), bed.teacherHidden());
    return loss;
  }

  private static Measured sampled(LossBed bed, SampledLoss kind) {
    int classes = bed.shape().vocabulary();
    Sampled loss =
        new Sampled(
            kind,
            Sampler.logUniform(bed.device(), classes, 1),
            Math.min(SAMPLES, classes),
            bed.projection().weights(),
            bed.projection().gradients(),
            bed.shape().rows(),
            IGNORE,
            Reduction.MEAN);
    return Measured.of(loss, loss.targets()::write, bed);
  }

  private static Measured adaptive(LossBed bed) {
    AdaptiveSoftmax softmax = bed.adaptive(new HeadConfig.Adaptive(List.of(2000, 10000), 4, false));
    AdaptiveLoss loss = new AdaptiveLoss(softmax, bed.shape().rows(), IGNORE, Reduction.MEAN);
    return Measured.of(loss, loss::write, bed);
  }

  /** The batch is some lists of hypotheses that are equally long. */
  private static Measured sequences(LossBed bed, SequenceOptions.Kind kind) {
    CrossEntropy tokens =
        new CrossEntropy(
            bed.device(),
            bed.shape().rows(),
            bed.shape().vocabulary(),
            CrossEntropyOptions.PLAIN,
            LossSettings.NONE);
    SequenceLoss loss =
        new SequenceLoss(
            bed.device(), bed.project(tokens), new SequenceOptions(kind, 1, 1, 0, true));
    int length = bed.shape().rows() / (LISTS * HYPOTHESES);
    int[] lengths = new int[HYPOTHESES];
    float[] costs = new float[HYPOTHESES];
    int[] places = new int[LISTS * HYPOTHESES];
    Arrays.fill(lengths, length);
    Arrays.setAll(places, sequence -> sequence * length);
    for (int hypothesis = 0; hypothesis < HYPOTHESES; hypothesis++) {
      costs[hypothesis] = hypothesis;
    }
    loss.write(Collections.nCopies(LISTS, new NBestList(lengths, costs)), places);
    return new Measured(
        tokens.targets()::write,
        () -> loss.forwardBackward(bed.hidden(), false, bed.gradHidden()),
        loss::close);
  }
}
