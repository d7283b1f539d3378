package dev.surprisal.cli;

import dev.surprisal.optim.OptimizerSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of the optimiser. */
final class OptimizerOptions implements RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--lr",
      paramLabel = "X",
      defaultValue = "2e-3",
      description = "Learning rate of Adam (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--clip",
      paramLabel = "X",
      defaultValue = "0",
      description =
          "Largest norm of the gradient; 0 turns clipping off (default: ${DEFAULT-VALUE}).")
  private double clip;

  OptimizerSpec build() {
    return Options.build(command, () -> OptimizerSpec.adam(learningRate, clip));
  }
}
