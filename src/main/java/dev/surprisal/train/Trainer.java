package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Network;
import dev.surprisal.text.Batches;
import dev.surprisal.text.ContiguousStreams;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.ShuffledWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Trains a model on a corpus: a loss, Adam, and after each epoch the cross-entropy of a text that
 * it is not trained on.
 *
 * <p>With a {@link #folder}, the model with the lowest validation loss is kept there as
 * model.safetensors, and after each epoch, every ten minutes and when stopped the state of the run
 * as trainer.safetensors, from which {@link #resume} goes on with exactly the losses that an
 * uninterrupted run would have had.
 */
public final class Trainer {
  private static final double CHECKPOINT_SECONDS = 600;

  /** Steps whose losses may be under way; a device works on one while the next is issued. */
  private static final int AHEAD = 1;

  private final LanguageModel model;
  private final Corpus corpus;
  private final TrainingOptions options;
  private final Batches batches;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private final long totalSteps;
  private LanguageModel teacher;
  private Path folder;
  private boolean resumes;
  private volatile boolean stopping;

  private Progress progress = new Progress();
  private TrainingStep step;
  private Checkpoint checkpoint;
  private long savedStep;
  private long clock;

  /**
   * A run that has not begun.
   *
   * @param model what is trained; its device computes
   * @param corpus what on
   * @param options how
   * @throws IllegalArgumentException if the model's vocabulary is not the corpus's, the training
   *     text does not fill a batch of windows, or there is a patience and no text to validate on
   */
  public Trainer(LanguageModel model, Corpus corpus, TrainingOptions options) {
    this.model = model;
    this.corpus = corpus;
    this.options = options;
    if (!model.vocabulary().equals(corpus.vocabulary())) {
      throw new IllegalArgumentException(
          "the model has another vocabulary than the text: create it with that of the corpus");
    }
    batches =
        options.shuffled()
            ? new ShuffledWindows(corpus.train(), options.batch(), options.window(), options.seed())
            : new ContiguousStreams(corpus.train(), options.batch(), options.window());
    totalSteps =
        options.steps() > 0
            ? options.steps()
            : Math.multiplyExact(options.epochs(), batches.count());
    if (options.patience() > 0 && !validates()) {
      throw new IllegalArgumentException(
          "a patience of "
              + options.patience()
              + " epochs needs a validation text: give one, or a split that leaves some");
    }
  }

  /**
   * Keeps the run in a folder.
   *
   * @param path which is made if it is not there
   * @return this trainer
   */
  public Trainer folder(Path path) {
    folder = path;
    return this;
  }

  /**
   * Gives a model to learn from, for the losses that do.
   *
   * @param model of the same vocabulary, on the same device; it stays the caller's and is not
   *     changed
   * @return this trainer
   * @throws IllegalArgumentException if its vocabulary or device is another
   */
  public Trainer teacher(LanguageModel model) {
    if (!model.vocabulary().equals(corpus.vocabulary())) {
      throw new IllegalArgumentException(
          "the teacher has a vocabulary of "
              + model.vocabulary().size()
              + " tokens that is not the text's of "
              + corpus.vocabulary().size()
              + ": train it on the same text, with the same level and counts");
    }
    if (model.device() != this.model.device()) {
      throw new IllegalArgumentException(
          "the teacher is on " + model.device() + ", the student on " + this.model.device());
    }
    teacher = model;
    return this;
  }

  /**
   * Tells a listener what happens.
   *
   * @param listener called on the thread that runs
   * @return this trainer
   */
  public Trainer listen(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Hears of each epoch and nothing else.
   *
   * @param listener called on the thread that runs
   * @return this trainer
   */
  public Trainer onEpoch(Consumer<EpochMetrics> listener) {
    return listen(
        new TrainingListener() {
          @Override
          public void onEpoch(EpochMetrics epoch) {
            listener.accept(epoch);
          }
        });
  }

  /**
   * Makes {@link #run} go on from the folder's checkpoint, if there is one.
   *
   * @return whether there is one
   * @throws IllegalStateException if no folder was given
   */
  public boolean resume() {
    if (folder == null) {
      throw new IllegalStateException("a run is resumed from its folder: call folder() first");
    }
    resumes = true;
    return Checkpoint.exists(folder);
  }

  /**
   * Ends the run after the step that it is at; it is saved, and {@link #run} returns. May be called
   * from any thread.
   */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until all epochs or steps are done, the validation loss no longer falls, or {@link
   * #stop} is called.
   *
   * @return how it ended; the model has the parameters of the last step
   * @throws IOException if the folder holds a run that is not resumed, or one with other options or
   *     texts, or a file cannot be read or written; what was saved before is still there
   * @throws NonFiniteLossException if the loss becomes NaN or infinite
   */
  public TrainingResult run() throws IOException {
    if (folder != null && Checkpoint.exists(folder) && !resumes) {
      throw new IOException(
          folder + " holds a run already: resume it, or train into another folder");
    }
    Network network = model.network();
    LossContext context =
        new LossContext(network, options.batch(), options.window(), teacher, corpus.train());
    try (TrainingStep newStep = new TrainingStep(context, options)) {
      step = newStep;
      if (folder != null) {
        Files.createDirectories(folder);
        checkpoint = new Checkpoint(folder, network.parameters(), step);
        checkpoint.identify(model, corpus, options);
        if (resumes && Checkpoint.exists(folder)) {
          progress = checkpoint.restore(batches.count());
          step.resume(progress.step);
          savedStep = progress.step;
        }
      }
      TrainingStart start =
          new TrainingStart(
              network.parameters().count(),
              batches.count(),
              totalSteps,
              progress.epoch,
              progress.step);
      listeners.forEach(listener -> listener.onStart(start));
      TrainingResult result = finished() ? result() : train();
      listeners.forEach(listener -> listener.onEnd(result));
      return result;
    }
  }

  private TrainingResult train() throws IOException {
    try (RunReports reports =
        folder == null ? null : new RunReports(folder, progress.epoch, progress.step)) {
      clock = System.nanoTime();
      while (!finished() && !stopping) {
        runToEndOfEpoch();
        if (progress.index == batches.count() || progress.step == totalSteps) {
          endEpoch(reports);
        } else {
          saveStopped();
        }
      }
      return result();
    }
  }

  private boolean finished() {
    return progress.step >= totalSteps || converged();
  }

  private boolean converged() {
    return options.patience() > 0 && progress.epochsSinceBest >= options.patience();
  }

  private TrainingResult result() {
    TrainingResult.End end =
        progress.step >= totalSteps
            ? TrainingResult.End.COMPLETED
            : converged() ? TrainingResult.End.CONVERGED : TrainingResult.End.STOPPED;
    return new TrainingResult(end, progress.epoch, progress.step, progress.bestLoss);
  }

  private boolean validates() {
    return corpus.valid().size() > 0;
  }

  /** Steps until the epoch ends, the run ends, or it is stopped; all their losses are taken. */
  private void runToEndOfEpoch() throws IOException {
    int[] inputs = new int[options.batch() * options.window()];
    int[] targets = new int[inputs.length];
    long issued = progress.index;
    long last = Math.min(batches.count(), progress.index + totalSteps - progress.step);
    double saved = progress.seconds;
    while (issued < last && !stopping) {
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
      StepMetrics metrics =
          new StepMetrics(
              progress.epoch + 1,
              progress.step,
              batches.count(),
              totalSteps,
              loss,
              options.batch() * (long) options.window());
      listeners.forEach(listener -> listener.onStep(metrics));
    }
  }

  private void endEpoch(RunReports reports) throws IOException {
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
            progress.index * (double) options.batch() * options.window() / trainSeconds,
            seconds(),
            best);
    if (reports != null) {
      reports.add(metrics);
    }
    listeners.forEach(listener -> listener.onEpoch(metrics));
    boolean whole = progress.index == batches.count();
    progress.epochsSinceBest = best ? 0 : progress.epochsSinceBest + (whole ? 1 : 0);
    progress.bestLoss = Math.min(loss, progress.bestLoss);
    progress.seconds = seconds();
    clock = System.nanoTime();
    if (whole) {
      progress.epoch++;
      progress.index = 0;
      progress.lossSum = 0;
      progress.seconds = 0;
    }
    if (folder != null) {
      if (best || !validates()) {
        model.save(folder);
      }
      checkpoint.save(progress);
      savedStep = progress.step;
    }
  }

  /** Saves in the middle of an epoch; the model too, if there is none yet. */
  private void saveStopped() throws IOException {
    if (folder != null) {
      save();
      if (progress.bestLoss == Double.POSITIVE_INFINITY) {
        model.save(folder);
      }
    }
  }

  private void save() throws IOException {
    if (folder != null) {
      requireFiniteParameters();
      progress.seconds = seconds();
      clock = System.nanoTime();
      checkpoint.save(progress);
      savedStep = progress.step;
    }
  }

  /** Time that the epoch has taken so far. */
  private double seconds() {
    return progress.seconds + (System.nanoTime() - clock) / 1e9;
  }

  /** A step with a finite loss can still leave parameters that are not. */
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
    String kept =
        folder == null
            ? "the run has no folder, nothing was saved"
            : savedStep == 0
                ? "nothing was saved before"
                : "the checkpoint of step " + savedStep + " is kept in " + folder;
    return new NonFiniteLossException(what, progress.step, kept);
  }
}
