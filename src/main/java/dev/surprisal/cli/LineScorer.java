package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.Score;
import java.util.List;

/** Scores lines of a text; a failure names the line that the model cannot read. */
final class LineScorer {
  /** The number of lines scored at once: enough for a batch, few enough for memory. */
  static final int BLOCK = 256;

  private final LanguageModel model;

  LineScorer(LanguageModel model) {
    this.model = model;
  }

  List<Score> score(List<TextLine> lines) {
    try {
      return model.score(lines.stream().map(TextLine::text).toList());
    } catch (IllegalArgumentException e) {
      lines.forEach(this::checkReadable);
      throw e;
    }
  }

  private void checkReadable(TextLine line) {
    try {
      model.vocabulary().encode(line.text());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(line.where() + ": " + e.getMessage(), e);
    }
  }
}
