package dev.surprisal.train;

/**
 * The result of a run.
 *
 * @param end why the run ended
 * @param epochs whole epochs done
 * @param steps steps done
 * @param bestLoss the lowest validation loss (training loss without validation) after an epoch, in
 *     nats per token; infinite before the first epoch
 */
public record TrainingResult(End end, long epochs, long steps, double bestLoss) {
  /** Why a run ended. */
  public enum End {
    /** All epochs or steps were done. */
    COMPLETED,
    /** The validation loss did not fall for as many epochs as the patience allows. */
    CONVERGED,
    /** {@link Trainer#stop} was called. */
    STOPPED
  }
}
