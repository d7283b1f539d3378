package dev.surprisal.cli;

import dev.surprisal.ModelConfig;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.train.TokenLossSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a model. */
final class ModelOptions implements RunOptions {
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
      description =
          "Share one weight between embedding and projection; needs --embed equal to --hidden.")
  private boolean tie;

  /** Builds the configuration, with the last layer that the loss needs. */
  ModelConfig config(TokenLossSpec loss) {
    Options.check(
        command,
        !tie || loss.head().isEmpty(),
        "--tie needs a projection, but the loss " + loss.kind().name() + " has another last layer");
    HeadConfig head = loss.head().orElse(tie ? HeadConfig.TIED : HeadConfig.PROJECTION);
    return Options.build(command, () -> new ModelConfig(embed, hidden, head));
  }
}
