package dev.surprisal.optim;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.nn.Parameters;
import java.util.Map;

/** The choice of an optimiser: its constants, gradient clipping and learning-rate schedule. */
public sealed interface OptimizerSpec permits AdamSpec {
  /**
   * Returns the learning rate of each step.
   *
   * @return the schedule
   */
  Schedule schedule();

  /**
   * Creates the optimiser at step 0.
   *
   * @param parameters the parameters that it updates
   * @return an optimiser that the caller closes before the parameters
   */
  Optimizer create(Parameters parameters);

  /**
   * Returns what must stay the same when a run resumes, by its names in a checkpoint.
   *
   * @return names and values
   */
  Map<String, String> identity();

  /**
   * Returns Adam with PyTorch's constants and a constant learning rate.
   *
   * @param learningRate above 0 and finite, also as a float
   * @param clip the largest global norm of the gradients; 0 turns clipping off
   * @return the choice
   * @throws IllegalArgumentException if a value is outside its range
   */
  static OptimizerSpec adam(double learningRate, double clip) {
    if (!(clip >= 0 && Double.isFinite(clip))) {
      throw new IllegalArgumentException(
          "training takes a finite clipping norm of 0 or more, found " + clip);
    }
    return new AdamSpec(new Schedule.Constant(learningRate), AdamOptions.DEFAULT.clippedAt(clip));
  }
}
