package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import dev.surprisal.text.Batches;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** The loop of one run over epochs and steps, with validation, events and saving. */
final class TrainingRun {
  private static final double CHECKPOINT_SECONDS = 600;

  /** Steps issued before the loss of the first is read; the device works on one meanwhile. */
  private static final int AHEAD = 1;

  private final LanguageModel model;
  private final Corpus corpus;
  private final Batching batching;
  private final Stopping stopping;
  private final Batches batches;
  private final TrainingStep step;
  private final RunFolder folder;
  private final Progress progress;
  private final TrainingListener listener;
  private final BooleanSupplier stopped;
  private final long totalSteps;
  private long clock;

  TrainingRun(
      LanguageModel model,
      Corpus corpus,
      TrainingOptions options,
      Batches batches,
      TrainingStep step,
      RunFolder folder,
      Progress progress,
      TrainingListener listener,
      BooleanSupplier stopped) {
    this.model = model;
    this.corpus = corpus;
    this.batching = options.batching();
    this.stopping = options.stopping();
    this.batches = batches;
    this.step = step;
    this.folder = folder;
    this.progress = progress;
    this.listener = listener;
    this.stopped = stopped;
    totalSteps = stopping.totalSteps(batches.count());
  }

  TrainingResult run() throws IOException {
    listener.onStart(
        new TrainingStart(
            model.network().parameters().count(),
            batches.count(),
            totalSteps,
            progress.epoch,
            progress.step));
    if (!finished()) {
      train();
    }
    TrainingResult result = result();
    listener.onEnd(result);
    return result;
  }

  private void train() throws IOException {
    folder.openReports(progress);
    clock = System.nanoTime();
    while (!finished() && !stopped.getAsBoolean()) {
      runToEndOfEpoch();
      if (progress.index == batches.count() || progress.step == totalSteps) {
        endEpoch();
      } else {
        saveStopped();
      }
    }
  }

  private boolean finished() {
    return progress.step >= totalSteps || stopping.converged(progress.epochsSinceBest);
  }

  private TrainingResult result() {
    TrainingResult.End end =
        progress.step >= totalSteps
            ? TrainingResult.End.COMPLETED
            : finished() ? TrainingResult.End.CONVERGED : TrainingResult.End.STOPPED;
    return new TrainingResult(end, progress.epoch, progress.step, progress.bestLoss);
  }

  private boolean validates() {
    return corpus.valid().size() > 0;
  }

  /** Runs steps until the epoch or the run ends, or the run is stopped, and reads all losses. */
  private void runToEndOfEpoch() throws IOException {
    int[] inputs = new int[batching.tokens()];
    int[] targets = new int[inputs.length];
    long issued = progress.index;
    long last = Math.min(batches.count(), progress.index + totalSteps - progress.step);
    double saved = progress.seconds;
    while (issued < last && !stopped.getAsBoolean()) {
      batches.fill(progress.epoch, issued, inputs, targets);
      step.run(inputs, targets, batches.carriesState() && issued > 0);
      issued++;
      takeLosses(AHEAD);
      if (seconds() - saved > CHECKPOINT_SECONDS) {
        takeLosses(0);
        saved = seconds();
        save();
      }
    }
    takeLosses(0);
  }

  private void takeLosses(int leave) {
    while (step.losses().pending() > leave) {
      double loss = step.losses().take();
      progress.index++;
      progress.step++;
      if (!Double.isFinite(loss)) {
        throw nonFinite("the loss became " + loss);
      }
      progress.lossSum += loss;
      listener.onStep(
          new StepMetrics(
              progress.epoch + 1,
              progress.step,
              batches.count(),
              totalSteps,
              loss,
              batching.tokens()));
    }
  }

  private void endEpoch() throws IOException {
    double trainSeconds = seconds();
    double trainLoss = progress.lossSum / progress.index;
    double validLoss = validates() ? model.evaluate(corpus.valid()).loss() : Double.NaN;
    double loss = validates() ? validLoss : trainLoss;
    if (!Double.isFinite(loss)) {
      throw nonFinite("the validation loss became " + loss);
    }
    requireFiniteParameters();
    boolean best = loss < progress.bestLoss;
    EpochMetrics metrics =
        new EpochMetrics(
            progress.epoch + 1,
            progress.step,
            trainLoss,
            validLoss,
            Math.exp(loss),
            progress.index * (double) batching.tokens() / trainSeconds,
            seconds(),
            best);
    folder.report(metrics);
    listener.onEpoch(metrics);
    progress.seconds = seconds();
    clock = System.nanoTime();
    progress.endEpoch(loss, batches.count());
    if (best || !validates()) {
      folder.saveModel();
    }
    folder.save(progress);
  }

  /** Saves in the middle of an epoch; the model too, if the folder has none yet. */
  private void saveStopped() throws IOException {
    save();
    if (progress.bestLoss == Double.POSITIVE_INFINITY) {
      folder.saveModel();
    }
  }

  private void save() throws IOException {
    if (folder.saves()) {
      requireFiniteParameters();
      progress.seconds = seconds();
      clock = System.nanoTime();
      folder.save(progress);
    }
  }

  /** The time that the epoch has taken so far. */
  private double seconds() {
    return progress.seconds + (System.nanoTime() - clock) / 1e9;
  }

  /** Checks the parameters, which a step with a finite loss can still make NaN or infinite. */
  private void requireFiniteParameters() {
    try (Arena arena = new Arena(model.device())) {
      Tensor norm = arena.allocate(DType.FLOAT32, 1);
      model.device().kernels().gradientNorm(model.network().parameters().values(), norm);
      if (!Float.isFinite(norm.toFloats()[0])) {
        throw nonFinite("a parameter is no longer finite");
      }
    }
  }

  private NonFiniteLossException nonFinite(String what) {
    return new NonFiniteLossException(what, progress.step, folder.kept());
  }
}
