package dev.surprisal.cli;

import dev.surprisal.train.Stopping;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say when a run ends. */
final class StoppingOptions implements RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Passes over the text (default: ${DEFAULT-VALUE}).")
  private long epochs;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "0",
      description = "Stop after this number of steps instead of epochs.")
  private long steps;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Stop after this number of epochs without a lower validation loss; 0 for never (default:"
              + " ${DEFAULT-VALUE}).")
  private int patience;

  @Override
  public boolean mayChange() {
    return true;
  }

  /** Builds the options; a patience needs a validation text. */
  Stopping build(boolean hasValidation) {
    boolean byEpochs = Options.isGiven(command, "--epochs");
    boolean bySteps = Options.isGiven(command, "--steps");
    Options.check(command, !(byEpochs && bySteps), "--epochs and --steps exclude each other");
    Options.check(command, !bySteps || steps >= 1, "--steps is 1 or more, found " + steps);
    Options.check(
        command,
        patience == 0 || hasValidation,
        "--patience needs a text to validate on: add --valid, or a --split with a validation part");
    if (byEpochs) {
      // Also where the run that is resumed counted steps.
      steps = 0;
    }
    return Options.build(command, () -> new Stopping(epochs, steps, patience));
  }
}
