package dev.surprisal.train;

/** Receives the events of a training run, on the thread that runs it. */
public interface TrainingListener {
  /**
   * Called before the first step.
   *
   * @param start sizes, and the progress of the run that this one resumes
   */
  default void onStart(TrainingStart start) {}

  /**
   * Called once the loss of a step is known, which may be a few steps later.
   *
   * @param step the step's metrics
   */
  default void onStep(StepMetrics step) {}

  /**
   * Called after an epoch and its validation, before its checkpoint.
   *
   * @param epoch the epoch's metrics
   */
  default void onEpoch(EpochMetrics epoch) {}

  /**
   * Called after the last checkpoint; not called if an exception ends the run.
   *
   * @param result the run's result
   */
  default void onEnd(TrainingResult result) {}
}
