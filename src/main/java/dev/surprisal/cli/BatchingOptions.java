package dev.surprisal.cli;

import dev.surprisal.train.Batching;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say how a text becomes batches. */
final class BatchingOptions implements RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "32",
      description =
          "Number of streams in a batch, of lists with --nbest (default: ${DEFAULT-VALUE}).")
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
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Seed of initial parameters and of shuffling; the same seed gives the same run (default:"
              + " ${DEFAULT-VALUE}).")
  private long seed;

  Batching build() {
    return Options.build(command, () -> new Batching(batch, window, shuffle, seed));
  }
}
