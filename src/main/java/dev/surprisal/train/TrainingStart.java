package dev.surprisal.train;

/**
 * Where a run starts from.
 *
 * @param parameters how many values are trained
 * @param stepsPerEpoch steps that go once through the training text
 * @param totalSteps steps after which the run ends, if nothing ends it before
 * @param epoch whole epochs done by the run that this one goes on from, 0 for a new one
 * @param step steps done by it
 */
public record TrainingStart(
    long parameters, long stepsPerEpoch, long totalSteps, long epoch, long step) {}
