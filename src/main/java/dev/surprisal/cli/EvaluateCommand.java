package dev.surprisal.cli;

import dev.surprisal.Evaluation;
import dev.surprisal.LanguageModel;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.EncodedText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well a model predicts a text. */
@Command(
    name = "evaluate",
    description = {
      "Measures how well a model predicts a text.",
      "The text is one stream with the state carried along; every token but the first is predicted."
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelFolder model;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      required = true,
      description = "UTF-8 text to predict.")
  private Path text;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    model.use(this::evaluate);
    return 0;
  }

  private void evaluate(LanguageModel model) throws IOException {
    try (EncodedText encoded = Corpus.encode(text, model.vocabulary())) {
      Evaluation result = model.evaluate(encoded.tokens());
      double bits = result.bitsPerCharacter(encoded.characters());
      PrintWriter out = command.commandLine().getOut();
      if (json) {
        out.println(
            JsonLine.object()
                .put("loss", JsonLine.finite(result.loss()))
                .put("perplexity", JsonLine.finite(result.perplexity()))
                .put("bits_per_char", JsonLine.finite(bits))
                .put("tokens", result.tokens()));
      } else {
        out.println(Text.format("loss                %.6f nats per token", result.loss()));
        out.println(Text.format("perplexity          %.4f", result.perplexity()));
        out.println(Text.format("bits per character  %.6f", bits));
        out.println("tokens              " + result.tokens());
      }
    }
  }
}
