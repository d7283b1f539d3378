package dev.surprisal.train;

/**
 * The start of a run.
 *
 * @param parameters the number of trained values
 * @param stepsPerEpoch steps in one pass over the training text
 * @param totalSteps steps after which the run ends at the latest
 * @param epoch whole epochs done before, by the run that this one resumes; 0 for a new run
 * @param step steps done before; 0 for a new run
 */
public record TrainingStart(
    long parameters, long stepsPerEpoch, long totalSteps, long epoch, long step) {}
