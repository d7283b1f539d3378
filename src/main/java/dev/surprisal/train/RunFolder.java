package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.text.Corpus;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of a run: model, checkpoint and reports. A run without a folder saves nothing. */
final class RunFolder implements Closeable {
  /** Null for a run without a folder. */
  private final Path path;

  private final LanguageModel model;
  private Checkpoint checkpoint;
  private RunReports reports;
  private long savedStep;

  RunFolder(Path path, LanguageModel model) {
    this.path = path;
    this.model = model;
  }

  /**
   * Creates the folder and restores the run that it holds, if wanted.
   *
   * @return the progress of that run, or that of a new one
   */
  Progress open(
      Corpus corpus, TrainingOptions options, TrainingStep step, long stepsPerEpoch, boolean resume)
      throws IOException {
    if (path == null) {
      return new Progress();
    }
    Files.createDirectories(path);
    checkpoint =
        new Checkpoint(
            path,
            RunIdentity.of(model, corpus, options),
            model.network().parameters(),
            step.state());
    if (!resume || !Checkpoint.exists(path)) {
      return new Progress();
    }
    Progress progress = checkpoint.restore(stepsPerEpoch);
    step.resume(progress.step);
    savedStep = progress.step;
    return progress;
  }

  /** Whether this run saves anything. */
  boolean saves() {
    return path != null;
  }

  /** Opens the reports of a run that continues from {@code progress}. */
  void openReports(Progress progress) throws IOException {
    if (path != null) {
      reports = new RunReports(path, progress.epoch, progress.step);
    }
  }

  /** Reports an epoch; comes before its {@link #save}. */
  void report(EpochMetrics metrics) throws IOException {
    if (reports != null) {
      reports.add(metrics);
    }
  }

  void saveModel() throws IOException {
    if (path != null) {
      model.save(path);
    }
  }

  void save(Progress progress) throws IOException {
    if (path != null) {
      checkpoint.save(progress);
      savedStep = progress.step;
    }
  }

  /** Says what a run that fails now leaves, for a message. */
  String kept() {
    if (path == null) {
      return "the run has no folder, nothing was saved";
    }
    return savedStep == 0
        ? "nothing was saved before"
        : "the checkpoint of step " + savedStep + " is kept in " + path;
  }

  @Override
  public void close() throws IOException {
    if (reports != null) {
      reports.close();
    }
  }
}
