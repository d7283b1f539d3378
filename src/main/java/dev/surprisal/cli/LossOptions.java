package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.train.ListLossSpec;
import dev.surprisal.train.LossKind;
import dev.surprisal.train.LossSpec;
import dev.surprisal.train.TokenLossSpec;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the training loss. */
final class LossOptions implements RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--loss",
      paramLabel = "NAME[:OPTION=VALUE,...]",
      defaultValue = "cross-entropy",
      description = "Training loss (default: ${DEFAULT-VALUE}); see the list below.")
  private String loss;

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      defaultValue = "",
      description = "Folder of the trained model that a distillation loss learns from.")
  private String teacher;

  /** The loss of training on a text. */
  TokenLossSpec tokens() {
    LossSpec spec = parse();
    if (!(spec instanceof TokenLossSpec tokens)) {
      throw new ParameterException(
          command.commandLine(),
          "the loss " + spec.kind().name() + " trains on n-best lists: add --nbest FILE");
    }
    LossKind kind = spec.kind();
    Options.check(
        command,
        kind.hasTeacher() != teacher.isEmpty(),
        kind.hasTeacher()
            ? "the loss " + kind.name() + " learns from another model: add --teacher DIR"
            : "the loss " + kind.name() + " has no teacher: leave --teacher out");
    return tokens;
  }

  /** The loss of training on n-best lists. */
  SequenceOptions lists() {
    LossSpec spec = parse();
    if (spec instanceof ListLossSpec lists) {
      return lists.options();
    }
    throw new ParameterException(
        command.commandLine(),
        "--nbest trains with --loss minimum-risk or --loss ranking, found " + spec);
  }

  /** Loads the teacher; null for a loss without one. */
  LanguageModel loadTeacher(Device device) throws IOException {
    return teacher.isEmpty() ? null : LanguageModel.load(Path.of(teacher), device);
  }

  private LossSpec parse() {
    return Options.build(command, () -> LossSpec.parse(loss));
  }
}
