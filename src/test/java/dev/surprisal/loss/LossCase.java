package dev.surprisal.loss;

import dev.surprisal.device.Bench;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.Device;
import dev.surprisal.device.Divergence;
import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.oracle.Samples;

/** Every loss of logits, with something to compare with. */
enum LossCase {
  CROSS_ENTROPY {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      return crossEntropy(bench.device(), tokens, classes, CrossEntropyOptions.PLAIN, settings);
    }
  },
  SMOOTHED_AND_WEIGHTED {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      double[] weights = Samples.probabilities(11, 1, classes);
      CrossEntropyOptions options = new CrossEntropyOptions(-100, 0.1f, bench.floats(weights));
      return crossEntropy(bench.device(), tokens, classes, options, settings);
    }
  },
  SOFT {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      SoftCrossEntropy loss =
          new SoftCrossEntropy(
              bench.device(), tokens, classes, CrossEntropyOptions.PLAIN, settings);
      loss.probabilities().write(Samples.floats(Samples.probabilities(12, tokens, classes)));
      return loss;
    }
  },
  SPARSE {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      SparseCrossEntropy loss =
          new SparseCrossEntropy(bench.device(), tokens, classes, 2, settings);
      int[] ids = new int[2 * tokens];
      float[] probabilities = new float[2 * tokens];
      for (int token = 0; token < tokens; token++) {
        ids[2 * token] = token % classes;
        ids[2 * token + 1] = (token + 3) % classes;
        probabilities[2 * token] = 0.5f;
        probabilities[2 * token + 1] = 0.25f;
      }
      loss.ids().write(ids);
      loss.probabilities().write(probabilities);
      return loss;
    }
  },
  FOCAL {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      return withTargets(
          new Focal(bench.device(), tokens, classes, 2, -100, null, settings), tokens, classes);
    }
  },
  UNLIKELIHOOD {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      Unlikelihood loss =
          new Unlikelihood(bench.device(), tokens, classes, 3, 0.5f, -100, settings);
      loss.candidates().write(Samples.integers(13, 3 * tokens, classes));
      return withTargets(loss, tokens, classes);
    }
  },
  KULLBACK_LEIBLER {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      return distillation(bench, tokens, classes, Divergence.KULLBACK_LEIBLER, settings);
    }
  },
  REVERSE_KULLBACK_LEIBLER {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      return distillation(bench, tokens, classes, Divergence.REVERSE_KULLBACK_LEIBLER, settings);
    }
  },
  JENSEN_SHANNON {
    @Override
    LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings) {
      return distillation(bench, tokens, classes, Divergence.JENSEN_SHANNON, settings);
    }
  };

  abstract LogitsLoss make(Bench bench, int tokens, int classes, LossSettings settings);

  /** All statistics that there can be. */
  LossSettings statistics(LossSettings settings) {
    return this == SOFT || this == SPARSE
        ? settings.with(Statistic.LOG_SUM_EXP, Statistic.ENTROPY, Statistic.ARGMAX)
        : settings.with(Statistic.values());
  }

  private static LogitsLoss crossEntropy(
      Device device, int tokens, int classes, CrossEntropyOptions options, LossSettings settings) {
    return withTargets(
        new CrossEntropy(device, tokens, classes, options, settings), tokens, classes);
  }

  private static LogitsLoss distillation(
      Bench bench, int tokens, int classes, Divergence divergence, LossSettings settings) {
    Distillation loss =
        new Distillation(
            bench.device(),
            tokens,
            classes,
            new DivergenceOptions(divergence, 0.3f, 2, 0.7f, -100),
            settings);
    loss.teacher(bench.floats(Samples.normal(14, tokens * classes, 2), tokens, classes));
    return withTargets(loss, tokens, classes);
  }

  private static LogitsLoss withTargets(TargetLoss loss, int tokens, int classes) {
    loss.targets().write(Samples.integers(15, tokens, classes));
    return loss;
  }
}
