package dev.surprisal.train;

/**
 * The metrics of a step of training.
 *
 * @param epoch the epoch, from 1
 * @param step the step since the start of the run, from 1
 * @param stepsPerEpoch steps in one pass over the training text
 * @param totalSteps steps after which the run ends at the latest
 * @param loss mean training loss of the step in nats per token
 * @param tokens the number of tokens in a step
 */
public record StepMetrics(
    long epoch, long step, long stepsPerEpoch, long totalSteps, double loss, long tokens) {}
