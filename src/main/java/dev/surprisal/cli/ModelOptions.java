package dev.surprisal.cli;

import dev.surprisal.ModelConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The size of a model. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--embed",
      paramLabel = "N",
      defaultValue = "64",
      description = "Size of a token's embedding (default: ${DEFAULT-VALUE}).")
  private int embed;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      defaultValue = "256",
      description = "Size of the recurrent state (default: ${DEFAULT-VALUE}).")
  private int hidden;

  ModelConfig config() {
    return Options.build(command, () -> new ModelConfig(embed, hidden));
  }
}
