package dev.surprisal.cli;

import dev.surprisal.Evaluation;
import dev.surprisal.LanguageModel;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.EncodedText;
import dev.surprisal.train.LossSpec;
import dev.surprisal.train.TokenLossSpec;
import dev.surprisal.train.TrainedLoss;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
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
      "The model reads the text as one stream, carries its state along and predicts every token but"
          + " the first. The loss is plain cross-entropy, whatever the training loss was; the"
          + " training loss is printed beside it."
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

  @Option(
      names = "--teacher",
      paramLabel = "DIR",
      description =
          "Folder of the model that this one learned from, if it moved since the training.")
  private Path teacher;

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
      Optional<TokenLossSpec> trained = trainedWith();
      double trainedLoss =
          trained.isPresent() ? trainedLoss(trained.get(), model, encoded, result) : Double.NaN;
      PrintWriter out = command.commandLine().getOut();
      if (json) {
        out.println(
            JsonLine.object()
                .put("loss", JsonLine.finite(result.loss()))
                .put("perplexity", JsonLine.finite(result.perplexity()))
                .put("bits_per_char", JsonLine.finite(bits))
                .put("tokens", result.tokens())
                .put("trained_with", trained.map(TokenLossSpec::toString).orElse(null))
                .put("trained_loss", JsonLine.finite(trainedLoss)));
      } else {
        out.println(Text.format("loss                %.6f nats per token", result.loss()));
        out.println(Text.format("perplexity          %.4f", result.perplexity()));
        out.println(Text.format("bits per character  %.6f", bits));
        out.println("tokens              " + result.tokens());
        if (trained.isPresent() && !trained.get().equals(LossSpec.CROSS_ENTROPY)) {
          out.println(
              Text.format(
                  "trained loss        %.6f nats per token (%s)", trainedLoss, trained.get()));
        }
      }
    }
  }

  /** The loss of the run that trained the model; empty if the folder holds a model alone. */
  private Optional<TokenLossSpec> trainedWith() throws IOException {
    if (!RunSettings.exist(model.folder())) {
      return Optional.empty();
    }
    LossSpec loss =
        RunSettings.load(model.folder())
            .text("--loss")
            .<LossSpec>map(LossSpec::parse)
            .orElse(LossSpec.CROSS_ENTROPY);
    // Training on n-best lists leaves no settings.
    return loss instanceof TokenLossSpec tokens ? Optional.of(tokens) : Optional.empty();
  }

  private double trainedLoss(
      TokenLossSpec loss, LanguageModel student, EncodedText text, Evaluation plain)
      throws IOException {
    if (loss.equals(LossSpec.CROSS_ENTROPY)) {
      return plain.loss();
    }
    if (!loss.kind().hasTeacher()) {
      return TrainedLoss.of(loss, student, null, text.tokens());
    }
    Path from =
        teacher != null
            ? teacher
            : Path.of(RunSettings.load(model.folder()).text("--teacher").orElse(""));
    try (LanguageModel learnedFrom = LanguageModel.load(from, student.device())) {
      return TrainedLoss.of(loss, student, learnedFrom, text.tokens());
    }
  }
}
