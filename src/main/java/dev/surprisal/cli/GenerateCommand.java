package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.SampleOptions;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Generates text with a model. */
@Command(
    name = "generate",
    description = {
      "Generates text with a model.",
      "Draws one token after the other; prints the prompt and the sample."
    })
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelFolder model;

  @Option(
      names = "--prompt",
      paramLabel = "S",
      defaultValue = "",
      description = "Text to continue (default: the start of a line).")
  private String prompt;

  @Option(
      names = "--length",
      paramLabel = "N",
      defaultValue = "500",
      description = "Number of tokens to draw (default: ${DEFAULT-VALUE}).")
  private int length;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Values below 1 favour probable tokens; 0 takes the most probable token (default:"
              + " ${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description =
          "Draw from the K most probable tokens only; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "Draw from the most probable tokens whose probabilities sum to this (default:"
              + " ${DEFAULT-VALUE}).")
  private float topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Random seed; the same seed draws the same text (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Options.check(command, length >= 1, "--length is 1 or more, found " + length);
    SampleOptions options =
        Options.build(command, () -> new SampleOptions(temperature, topK, topP));
    model.use(loaded -> generate(loaded, options));
    return 0;
  }

  private void generate(LanguageModel model, SampleOptions options) {
    String sample = model.generate(prompt, length, options, seed);
    command.commandLine().getOut().println(model.vocabulary().tokenizer().join(prompt, sample));
  }
}
