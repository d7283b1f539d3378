package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Optimizer;
import dev.surprisal.optim.OptimizerSpec;
import dev.surprisal.text.Batches;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Trains a model on a corpus, and computes the cross-entropy of a validation text after each epoch.
 *
 * <p>With a {@link #folder}, the trainer keeps the model with the lowest validation loss there as
 * model.safetensors. After each epoch, every ten minutes and when stopped it saves the run's state
 * as trainer.safetensors, from which {@link #resume} continues with exactly the losses of an
 * uninterrupted run.
 */
public final class Trainer {
  private final LanguageModel model;
  private final Corpus corpus;
  private final TrainingOptions options;
  private final Batches batches;
  private final Listeners listeners = new Listeners();
  private LanguageModel teacher;
  private Path folder;
  private boolean resumes;
  private volatile boolean stopping;

  /**
   * Prepares a run.
   *
   * @param model the model to train; its device computes
   * @param corpus the texts
   * @param options batching, optimiser, stopping and loss
   * @throws IllegalArgumentException if model and corpus have different vocabularies, the training
   *     text does not fill a batch of windows, or the options set a patience and the corpus has no
   *     validation text
   */
  public Trainer(LanguageModel model, Corpus corpus, TrainingOptions options) {
    this.model = model;
    this.corpus = corpus;
    this.options = options;
    if (!model.vocabulary().equals(corpus.vocabulary())) {
      throw new IllegalArgumentException(
          "the model and the text have different vocabularies: create the model with the corpus's");
    }
    batches = options.batching().of(corpus.train());
    int patience = options.stopping().patience();
    if (patience > 0 && corpus.valid().size() == 0) {
      throw new IllegalArgumentException(
          "a patience of "
              + patience
              + " epochs needs a validation text: add one, or a split with a validation part");
    }
  }

  /**
   * Sets the folder that the run saves to.
   *
   * @param path created if missing
   * @return this trainer
   */
  public Trainer folder(Path path) {
    folder = path;
    return this;
  }

  /**
   * Sets the model that a distillation loss learns from.
   *
   * @param model a model with the same vocabulary on the same device; training does not change it,
   *     the caller closes it
   * @return this trainer
   * @throws IllegalArgumentException if its vocabulary or device is another
   */
  public Trainer teacher(LanguageModel model) {
    if (!model.vocabulary().equals(corpus.vocabulary())) {
      throw new IllegalArgumentException(
          "the teacher's vocabulary of "
              + model.vocabulary().size()
              + " tokens differs from the text's of "
              + corpus.vocabulary().size()
              + ": train the teacher on the same text, with the same level and counts");
    }
    if (model.device() != this.model.device()) {
      throw new IllegalArgumentException(
          "the teacher is on " + model.device() + ", the student on " + this.model.device());
    }
    teacher = model;
    return this;
  }

  /**
   * Adds a listener to all events of the run.
   *
   * @param listener called on the thread that runs
   * @return this trainer
   */
  public Trainer listen(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Adds a listener to the end of each epoch.
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
   * Makes {@link #run} continue from the folder's checkpoint, if it holds one.
   *
   * @return whether it holds one
   * @throws IllegalStateException if no folder is set
   */
  public boolean resume() {
    if (folder == null) {
      throw new IllegalStateException("resume needs the run's folder: call folder() first");
    }
    resumes = true;
    return Checkpoint.exists(folder);
  }

  /**
   * Ends the run after the current step: the run is saved, and {@link #run} returns. Any thread may
   * call this.
   */
  public void stop() {
    stopping = true;
  }

  /**
   * Trains until all epochs or steps are done, the validation loss no longer falls, or {@link
   * #stop} is called.
   *
   * @return how the run ended; the model has the parameters of the last step
   * @throws IOException if the folder holds a run that is not resumed, or one with other options or
   *     texts, or a file cannot be read or written; what was saved before stays
   * @throws NonFiniteLossException if the loss becomes NaN or infinite
   */
  public TrainingResult run() throws IOException {
    if (folder != null && Checkpoint.exists(folder) && !resumes) {
      throw new IOException(
          folder + " holds a run already: resume it, or train into another folder");
    }
    Network network = model.network();
    Batching batching = options.batching();
    OptimizerSpec chosen = options.optimizer();
    LossContext context =
        new LossContext(network, batching.batch(), batching.window(), teacher, corpus.train());
    try (Pass pass = network.training(batching.batch(), batching.window(), batching.seed());
        Objective objective = options.loss().start(context);
        Optimizer optimizer = chosen.create(network.parameters());
        TrainingStep step =
            new TrainingStep(model.device(), pass, objective, optimizer, chosen.schedule());
        RunFolder files = new RunFolder(folder, model)) {
      Progress progress = files.open(corpus, options, step, batches.count(), resumes);
      return new TrainingRun(
              model, corpus, options, batches, step, files, progress, listeners, () -> stopping)
          .run();
    }
  }
}
