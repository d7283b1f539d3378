package dev.surprisal.cli;

import dev.surprisal.train.LossSpec;
import dev.surprisal.train.TrainingOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How to train, and for how long. */
final class ScheduleOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description = "Streams side by side (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--window",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens that gradients go back through (default: ${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--shuffle",
      description =
          "Train on independent windows in random order instead of on streams that carry their"
              + " state.")
  private boolean shuffle;

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
      description = "Largest norm of the gradient; 0 for no clipping (default: ${DEFAULT-VALUE}).")
  private double clip;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Times through the text (default: ${DEFAULT-VALUE}).")
  private long epochs;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "0",
      description = "Stop after so many steps instead of epochs.")
  private long steps;

  @Option(
      names = "--patience",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Stop after so many epochs without a better validation loss; 0 for never (default:"
              + " ${DEFAULT-VALUE}).")
  private int patience;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The same seed gives the same run (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--loss",
      paramLabel = "NAME[:OPTION=VALUE,...]",
      defaultValue = "cross-entropy",
      description = "What is minimised (default: ${DEFAULT-VALUE}); the losses are listed below.")
  private String loss;

  long seed() {
    return seed;
  }

  /** The options, checked; early stopping needs a validation loss. */
  TrainingOptions build(boolean hasValidation) {
    Options.check(
        command,
        !(Options.isGiven(command, "--epochs") && Options.isGiven(command, "--steps")),
        "--epochs and --steps exclude each other");
    Options.check(
        command,
        !Options.isGiven(command, "--steps") || steps >= 1,
        "--steps is 1 or more, found " + steps);
    Options.check(
        command,
        patience == 0 || hasValidation,
        "--patience needs a text to validate on: give --valid or a --split with one");
    return Options.build(
        command,
        () ->
            new TrainingOptions(
                batch,
                window,
                shuffle,
                learningRate,
                clip,
                epochs,
                steps,
                patience,
                seed,
                LossSpec.parse(loss)));
  }
}
