package dev.surprisal.train;

/**
 * What a step of training gave.
 *
 * @param epoch the epoch, from 1
 * @param step the step since the start of the run, from 1
 * @param stepsPerEpoch steps that go once through the training text
 * @param totalSteps steps after which the run ends, if nothing ends it before
 * @param loss mean training loss of the step in nats per token
 * @param tokens how many tokens a step takes
 */
public record StepMetrics(
    long epoch, long step, long stepsPerEpoch, long totalSteps, double loss, long tokens) {}
