package dev.surprisal.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** The tokens of text files, the files one after the other. */
final class TokenReader implements TokenStream, Closeable {
  private static final int CHUNK = 1 << 12;

  private final Function<CodePoints, TokenStream> cut;
  private final Iterator<Path> files;
  private Utf8Reader file;
  private TokenStream tokens;
  private long charactersBefore;

  /**
   * Opens a text. Checks all files first, so that a missing one is reported at once.
   *
   * @param cut returns the tokens of a file
   */
  TokenReader(List<Path> files, Function<CodePoints, TokenStream> cut) throws IOException {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no text files given: expected at least one");
    }
    for (Path path : files) {
      Utf8Reader.check(path);
    }
    this.cut = cut;
    this.files = List.copyOf(files).iterator();
  }

  /** Opens a text to encode it. */
  static TokenReader encoding(List<Path> files, Vocabulary vocabulary) throws IOException {
    return new TokenReader(files, file -> vocabulary.codec().encode(file, true));
  }

  @Override
  public int read(int[] numbers, int limit) throws IOException {
    while (file != null || files.hasNext()) {
      if (file == null) {
        file = new Utf8Reader(files.next());
        tokens = cut.apply(file);
      }
      int count = tokens.read(numbers, limit);
      if (count > 0) {
        return count;
      }
      charactersBefore += tokens.characters();
      close();
    }
    return 0;
  }

  /** Skips tokens, at most {@code limit} of them, and returns how many there were. */
  long skip(long limit) throws IOException {
    int[] numbers = new int[CHUNK];
    long total = 0;
    int count = 1;
    while (total < limit && count > 0) {
      count = read(numbers, (int) Math.min(CHUNK, limit - total));
      total += count;
    }
    return total;
  }

  /** Appends tokens to a file, at most {@code limit} of them. */
  void copy(TokenFile out, long limit) throws IOException {
    int[] numbers = new int[CHUNK];
    long left = limit;
    int count = 1;
    while (left > 0 && count > 0) {
      count = read(numbers, (int) Math.min(CHUNK, left));
      left -= count;
      for (int i = 0; i < count; i++) {
        out.add(numbers[i]);
      }
    }
  }

  @Override
  public long characters() {
    return file == null ? charactersBefore : charactersBefore + tokens.characters();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
