package dev.surprisal.train;

/**
 * The metrics of an epoch of training.
 *
 * @param epoch the epoch, from 1
 * @param step training steps since the start of the run
 * @param trainLoss mean training loss over the epoch in nats per token
 * @param validLoss validation loss after the epoch in nats per token, NaN without validation
 * @param perplexity exp of the validation loss, of the training loss without validation
 * @param tokensPerSecond training tokens per second, without validation
 * @param seconds the time that the epoch took, validation included
 * @param best whether no earlier epoch had a lower loss
 */
public record EpochMetrics(
    long epoch,
    long step,
    double trainLoss,
    double validLoss,
    double perplexity,
    double tokensPerSecond,
    double seconds,
    boolean best) {}
