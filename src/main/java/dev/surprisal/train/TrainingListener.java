package dev.surprisal.train;

/** Told what a training run does, on the thread that runs it. */
public interface TrainingListener {
  /**
   * Before the first step.
   *
   * @param start where the run starts from
   */
  default void onStart(TrainingStart start) {}

  /**
   * After a step, as soon as its loss is known; that may be a few steps later.
   *
   * @param step the step
   */
  default void onStep(StepMetrics step) {}

  /**
   * After an epoch and its validation, and before its checkpoint.
   *
   * @param epoch the epoch
   */
  default void onEpoch(EpochMetrics epoch) {}

  /**
   * After everything, checkpoint included; not called when an exception ends the run.
   *
   * @param result how the run ended
   */
  default void onEnd(TrainingResult result) {}
}
