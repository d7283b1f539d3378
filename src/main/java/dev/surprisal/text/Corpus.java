package dev.surprisal.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A text made ready for training: its vocabulary, and its tokens in three parts.
 *
 * <p>A vocabulary of characters is that of the whole text, the held-out parts included: it is only
 * the inventory. A vocabulary of words is that of the training part, so that a held-out word that
 * training never saw is {@code <unk>}, which a perplexity on unseen text has to face.
 *
 * <p>The tokens are kept in temporary files, 4 bytes each, that are memory-mapped; a text may be
 * larger than memory. Several files are one text: at the character level nothing is put between
 * them, and at the word level the end of a file ends its last word and its last line.
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
  private final EncodedText train;
  private final EncodedText valid;
  private final EncodedText test;

  private Corpus(Vocabulary vocabulary, List<EncodedText> parts) {
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
   * Reads a text, two or three times over, and encodes it.
   *
   * @param text UTF-8 files, one after the other
   * @param valid a file to validate on instead of a part of the text
   * @param split how the text is shared out; without a validation part if {@code valid} is given
   * @param tokenizer what a token is
   * @param minCount how often a token must occur to be in the vocabulary, at least 1
   * @param scratch an existing folder for temporary files, 4 bytes a token
   * @return the corpus
   * @throws IOException if a file cannot be read, is empty, is not UTF-8 or changes meanwhile, or a
   *     temporary file cannot be written
   * @throws IllegalArgumentException if there is no file, {@code minCount} is below 1, {@code
   *     valid} is given and {@code split} has a validation part too, or a part that was asked for
   *     would have fewer than two tokens
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
    List<EncodedText> parts = new ArrayList<>();
    try (TokenReader in = TokenReader.encoding(text, vocabulary)) {
      parts.add(encode(in, trainSize, scratch));
      parts.add(encode(in, validSize, scratch));
      parts.add(encode(in, testSize, scratch));
      if (in.next() != TokenStream.END
          || parts.stream().mapToLong(part -> part.tokens().size()).sum() != total) {
        throw new IOException(text + " changed while being read: try again");
      }
      if (valid.isPresent()) {
        EncodedText part = encode(valid.get(), vocabulary, scratch);
        parts.set(1, part);
        long size = part.tokens().size();
        requireTwo(size, valid.get() + " has " + size + " tokens", "give a longer file");
      }
      return new Corpus(vocabulary, parts);
    }
  }

  /**
   * Encodes a text with a vocabulary that there is already.
   *
   * @param text a UTF-8 file
   * @param vocabulary gives the ids, and the level
   * @return the whole text; close it to free the disk space
   * @throws IOException if the file cannot be read, is empty or is not UTF-8, or a temporary file
   *     cannot be written
   * @throws UnknownTokenException if a character is not in the vocabulary and there is no {@code
   *     <unk>}
   */
  public static EncodedText encode(Path text, Vocabulary vocabulary) throws IOException {
    return encode(text, vocabulary, temporaryFolder());
  }

  private static EncodedText encode(Path text, Vocabulary vocabulary, Path scratch)
      throws IOException {
    try (TokenReader in = TokenReader.encoding(List.of(text), vocabulary)) {
      return encode(in, Long.MAX_VALUE, scratch);
    }
  }

  private static EncodedText encode(TokenReader in, long limit, Path scratch) throws IOException {
    long before = in.characters();
    try (TokenFile out = new TokenFile(scratch)) {
      for (long count = 0; count < limit; count++) {
        int id = in.next();
        if (id == TokenStream.END) {
          break;
        }
        out.add(id);
      }
      return new EncodedText(out.map(), in.characters() - before);
    }
  }

  /** The number of tokens, whatever they are: a vocabulary of special tokens is enough for it. */
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
   * The vocabulary of this text.
   *
   * @return the vocabulary
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * The part to train on.
   *
   * @return at least two tokens
   */
  public Tokens train() {
    return train.tokens();
  }

  /**
   * The part to validate on.
   *
   * @return at least two tokens; none if neither the split nor a file gives any
   */
  public Tokens valid() {
    return valid.tokens();
  }

  /**
   * The part to test on.
   *
   * @return at least two tokens; none if the split gives none
   */
  public Tokens test() {
    return test.tokens();
  }

  /**
   * The length of the training part.
   *
   * @return the number of characters (code points)
   */
  public long trainCharacters() {
    return train.characters();
  }

  /**
   * The length of the validation part.
   *
   * @return the number of characters (code points)
   */
  public long validCharacters() {
    return valid.characters();
  }

  /**
   * The length of the test part.
   *
   * @return the number of characters (code points)
   */
  public long testCharacters() {
    return test.characters();
  }

  /** Closes the tokens of all three parts and frees their disk space. */
  @Override
  public void close() {
    train.close();
    valid.close();
    test.close();
  }
}
