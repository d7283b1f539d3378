package dev.surprisal.train;

/**
 * How a run ended.
 *
 * @param end why
 * @param epochs whole epochs done
 * @param steps steps done
 * @param bestLoss the lowest validation loss (training loss without validation) after an epoch, in
 *     nats per token; infinite before the first
 */
public record TrainingResult(End end, long epochs, long steps, double bestLoss) {
  /** Why a run ended. */
  public enum End {
    /** All epochs or steps were done. */
    COMPLETED,
    /** The validation loss had not become lower for as many epochs as the patience allows. */
    CONVERGED,
    /** {@link Trainer#stop} was called. */
    STOPPED
  }
}
