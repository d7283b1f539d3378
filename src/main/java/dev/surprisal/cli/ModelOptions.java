package dev.surprisal.cli;

import dev.surprisal.ModelConfig;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.train.LossSpec;
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

  @Option(
      names = "--tie",
      description = "Let embedding and projection share one weight; --embed is --hidden then.")
  private boolean tie;

  /** The sizes, with the last layer that the loss needs. */
  ModelConfig config(LossSpec loss) {
    Options.check(
        command,
        !tie || loss.head().isEmpty(),
        "--tie is for a projection, the loss " + loss.kind().name() + " needs another last layer");
    HeadConfig head = loss.head().orElse(tie ? HeadConfig.TIED : HeadConfig.PROJECTION);
    return Options.build(command, () -> new ModelConfig(embed, hidden, head));
  }
}
