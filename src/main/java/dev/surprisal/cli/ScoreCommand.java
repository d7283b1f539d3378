package dev.surprisal.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.surprisal.LanguageModel;
import dev.surprisal.Score;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores each line of a text separately. */
@Command(
    name = "score",
    description = {
      "Scores each line of a text separately.",
      "Prints for each line: the log-probability in nats, a tab, the number of tokens. The model"
          + " predicts the tokens of the line and the line end."
    })
final class ScoreCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelFolder model;

  @Option(
      names = "--per-token",
      description =
          "Append each token and its surprisal in nats, separated by tabs; a tab, line feed,"
              + " carriage return or backslash in a token is printed as \\t, \\n"
              + ", \\r"
              + ", \\\\.")
  private boolean perToken;

  @Option(names = "--json", description = "Print a JSON object for each line.")
  private boolean json;

  @Parameters(paramLabel = "FILE|-", description = "UTF-8 text, - for standard input.")
  private String file;

  @Override
  public Integer call() throws IOException {
    model.use(this::score);
    return 0;
  }

  private void score(LanguageModel model) throws IOException {
    LineScorer scorer = new LineScorer(model);
    try (Utf8Lines lines = Utf8Lines.open(file)) {
      List<TextLine> block = new ArrayList<>();
      for (TextLine line = lines.next(); line != null; line = lines.next()) {
        block.add(line);
        if (block.size() == LineScorer.BLOCK) {
          print(scorer.score(block), model.vocabulary());
          block.clear();
        }
      }
      if (!block.isEmpty()) {
        print(scorer.score(block), model.vocabulary());
      }
    }
  }

  private void print(List<Score> scores, Vocabulary vocabulary) throws IOException {
    PrintWriter out = command.commandLine().getOut();
    for (Score score : scores) {
      out.println(json ? json(score, vocabulary) : text(score, vocabulary));
    }
    if (out.checkError()) {
      throw Failures.outputLost();
    }
  }

  private String text(Score score, Vocabulary vocabulary) {
    StringBuilder line =
        new StringBuilder(Text.format("%.6f\t%d", score.logProbability(), score.tokens().length));
    for (int i = 0; perToken && i < score.tokens().length; i++) {
      String token = escape(vocabulary.token(score.tokens()[i]));
      line.append(Text.format("\t%s\t%.6f", token, 0 - score.logProbabilities()[i]));
    }
    return line.toString();
  }

  private ObjectNode json(Score score, Vocabulary vocabulary) {
    ObjectNode line =
        JsonLine.object()
            .put("log_probability", JsonLine.finite(score.logProbability()))
            .put("tokens", score.tokens().length);
    if (perToken) {
      ArrayNode tokens = line.putArray("per_token");
      for (int i = 0; i < score.tokens().length; i++) {
        tokens
            .addObject()
            .put("token", vocabulary.token(score.tokens()[i]))
            .put("surprisal", JsonLine.finite(0 - score.logProbabilities()[i]));
      }
    }
    return line;
  }

  private static String escape(String token) {
    return token
        .replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
