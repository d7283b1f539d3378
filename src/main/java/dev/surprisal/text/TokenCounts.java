package dev.surprisal.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How often each token occurs: what the vocabulary of a text is built from. */
abstract class TokenCounts {
  private final Tokenizer tokenizer;
  private final int minCount;

  /** Starts to count. */
  TokenCounts(Tokenizer tokenizer, int minCount) {
    if (minCount < 1) {
      throw new IllegalArgumentException("minimum count " + minCount + ": expected at least 1");
    }
    this.tokenizer = tokenizer;
    this.minCount = minCount;
  }

  /** How often a token must occur to be in the vocabulary. */
  final int minCount() {
    return minCount;
  }

  /**
   * Returns the tokens of a file, which are counted as they are read; their numbers are not set.
   */
  abstract TokenStream count(CodePoints file);

  /** Returns the tokens of the vocabulary in the order of their ids. */
  abstract List<String> tokens();

  /** Counts tokens, at most {@code limit} of them, and returns how many there were. */
  final long add(List<Path> files, long limit) throws IOException {
    try (TokenReader text = new TokenReader(files, this::count)) {
      return text.skip(limit);
    }
  }

  /** Returns the vocabulary of the tokens that occur often enough. */
  final Vocabulary vocabulary() {
    List<String> tokens = tokens();
    if (tokens.isEmpty()) {
      throw new IllegalArgumentException("the text has no characters: expected at least one");
    }
    return new Vocabulary(tokenizer, tokens);
  }
}
