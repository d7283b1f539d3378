package dev.surprisal.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text for training: its vocabulary, and its tokens in three parts.
 *
 * <p>The vocabulary of a text of characters comes from the whole text, with the held-out parts. The
 * vocabulary of a text of words comes from the training part, so that a held-out word that training
 * never saw is {@code <unk>}.
 *
 * <p>The tokens are stored in memory-mapped temporary files, 4 bytes each; a text may be larger
 * than memory. Several files form one text. Characters follow each other across files. Words: the
 * end of a file ends its last word and its last line.
 *
 * <pre>{@code
 * try (Corpus corpus = Corpus.characters(Path.of("shakespeare.txt"))) {
 *   Batches batches = new ContiguousStreams(corpus.train(), 32, 64);
 * }
 * }</pre>
 */
public final class Corpus implements AutoCloseable {
  private static final Split NINE_TO_ONE = new Split(0.9, 0.1, 0);

  private final Vocabulary vocabulary;
  private final Tokens train;
  private final Tokens valid;
  private final Tokens test;

  private Corpus(Vocabulary vocabulary, List<Tokens> parts) {
    this.vocabulary = vocabulary;
    train = parts.get(0);
    valid = parts.get(1);
    test = parts.get(2);
  }

  /**
   * Reads one file by characters: the first 90% for training, the rest for validation.
   *
   * @param text a UTF-8 file
   * @return the corpus
   * @throws IOException if the file cannot be read, is empty or is not UTF-8
   * @throws IllegalArgumentException if the text has fewer than 20 characters
   */
  public static Corpus characters(Path text) throws IOException {
    return read(
        List.of(text), Optional.empty(), NINE_TO_ONE, Tokenizers.CHARACTERS, 1, temporaryFolder());
  }

  /**
   * Reads a text two or three times and encodes it.
   *
   * @param text UTF-8 files, one after the other
   * @param valid a file to validate on instead of a part of the text
   * @param split the parts of the text; without a validation part if {@code valid} is given
   * @param tokenizer what a token is
   * @param minCount how often a token must occur to be in the vocabulary, at least 1
   * @param scratch an existing folder for temporary files, 4 bytes a token
   * @return the corpus
   * @throws IOException if a file cannot be read, is empty, is not UTF-8 or changes meanwhile, or a
   *     temporary file cannot be written
   * @throws IllegalArgumentException if there is no file, {@code minCount} is below 1, {@code
   *     valid} is given and {@code split} has a validation part too, or a requested part has fewer
   *     than two tokens
   */
  public static Corpus read(
      List<Path> text,
      Optional<Path> valid,
      Split split,
      Tokenizer tokenizer,
      int minCount,
      Path scratch)
      throws IOException {
    if (valid.isPresent() && split.valid() > 0) {
      throw new IllegalArgumentException(
          "both a validation file and a split with a validation part: give one of the two");
    }
    if (valid.isPresent()) {
      Utf8Reader.check(valid.get());
    }
    TokenCounts counts = tokenizer.counts(minCount);
    long total =
        tokenizer.countsHeldOutText()
            ? counts.add(text, Long.MAX_VALUE)
            : size(text, counts.vocabulary());
    long trainSize = split.trainEnd(total);
    long testSize = total - split.validEnd(total);
    long validSize = total - trainSize - testSize;
    checkPart("training", trainSize, total);
    if (split.valid() > 0) {
      checkPart("validation", validSize, total);
    }
    if (split.test() > 0) {
      checkPart("test", testSize, total);
    }
    if (!tokenizer.countsHeldOutText()) {
      counts.add(text, trainSize);
    } else if (valid.isPresent()) {
      counts.add(List.of(valid.get()), Long.MAX_VALUE);
    }
    Vocabulary vocabulary = counts.vocabulary();
    List<Tokens> parts = new ArrayList<>();
    try (TokenReader in = TokenReader.encoding(text, vocabulary)) {
      parts.add(encode(in, trainSize, scratch));
      parts.add(encode(in, validSize, scratch));
      parts.add(encode(in, testSize, scratch));
      if (in.skip(1) > 0 || parts.stream().mapToLong(Tokens::size).sum() != total) {
        throw new IOException(text + " changed while being read: try again");
      }
      if (valid.isPresent()) {
        Tokens part = encode(valid.get(), vocabulary, scratch).tokens();
        parts.set(1, part);
        long size = part.size();
        requireTwo(size, valid.get() + " has " + size + " tokens", "give a longer file");
      }
      return new Corpus(vocabulary, parts);
    }
  }

  /**
   * Encodes a text with an existing vocabulary.
   *
   * @param text a UTF-8 file
   * @param vocabulary the tokens and their ids
   * @return the whole text; close it to free the disk space
   * @throws IOException if the file cannot be read, is empty or is not UTF-8, or a temporary file
   *     cannot be written
   * @throws UnknownTokenException if a character is not in the vocabulary, which has no {@code
   *     <unk>}
   */
  public static EncodedText encode(Path text, Vocabulary vocabulary) throws IOException {
    return encode(text, vocabulary, temporaryFolder());
  }

  private static EncodedText encode(Path text, Vocabulary vocabulary, Path scratch)
      throws IOException {
    try (TokenReader in = TokenReader.encoding(List.of(text), vocabulary)) {
      Tokens tokens = encode(in, Long.MAX_VALUE, scratch);
      return new EncodedText(tokens, in.characters());
    }
  }

  private static Tokens encode(TokenReader in, long limit, Path scratch) throws IOException {
    try (TokenFile out = new TokenFile(scratch)) {
      in.copy(out, limit);
      return out.map();
    }
  }

  /** Returns the number of tokens; a vocabulary of only the special tokens is enough to count. */
  private static long size(List<Path> text, Vocabulary vocabulary) throws IOException {
    try (TokenReader in = TokenReader.encoding(text, vocabulary)) {
      return in.skip(Long.MAX_VALUE);
    }
  }

  private static void checkPart(String part, long size, long total) {
    requireTwo(
        size,
        "the " + part + " part has " + size + " of " + total + " tokens",
        "give a longer text or another split");
  }

  private static void requireTwo(long size, String found, String remedy) {
    if (size < 2) {
      throw new IllegalArgumentException(
          found + ", expected at least 2 (one to read, one to predict): " + remedy);
    }
  }

  private static Path temporaryFolder() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /**
   * Returns the vocabulary of this text.
   *
   * @return the vocabulary
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Returns the part to train on.
   *
   * @return at least two tokens
   */
  public Tokens train() {
    return train;
  }

  /**
   * Returns the part to validate on.
   *
   * @return at least two tokens; none if there is no validation part and no validation file
   */
  public Tokens valid() {
    return valid;
  }

  /**
   * Returns the part to test on.
   *
   * @return at least two tokens; none if the split has no test part
   */
  public Tokens test() {
    return test;
  }

  /** Closes the tokens of all three parts and frees their disk space. */
  @Override
  public void close() {
    train.close();
    valid.close();
    test.close();
  }
}
