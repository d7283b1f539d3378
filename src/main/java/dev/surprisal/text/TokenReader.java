package dev.surprisal.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The tokens of text files, the files one after the other, in memory that does not grow. */
final class TokenReader implements Closeable {
  private final Level level;
  private final Iterator<Path> files;
  private Utf8Reader file;
  private WordReader words;
  private int codePoint;
  private String word;
  private long charactersBefore;

  /** Opens a text; all files are checked first, so that a missing one is reported at once. */
  TokenReader(List<Path> files, Level level) throws IOException {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("no text files given: expected at least one");
    }
    for (Path path : files) {
      Utf8Reader.check(path);
    }
    this.level = level;
    this.files = List.copyOf(files).iterator();
  }

  /** Moves on to the next token; false if there is none. */
  boolean next() throws IOException {
    while (file != null || files.hasNext()) {
      if (file == null) {
        file = new Utf8Reader(files.next());
        words = new WordReader(file, true);
      }
      if (level == Level.CHARACTER) {
        codePoint = file.next();
        if (codePoint != CodePoints.END) {
          charactersBefore++;
          return true;
        }
      } else {
        word = words.next();
        if (word != null) {
          return true;
        }
        charactersBefore += words.characters();
      }
      close();
    }
    return false;
  }

  /** This token, at the character level. */
  int codePoint() {
    return codePoint;
  }

  /** This token, at the word level; {@link Vocabulary#LINE_END} for a line end. */
  String word() {
    return word;
  }

  /** The id of this token. */
  int id(Vocabulary vocabulary) {
    return level == Level.CHARACTER ? vocabulary.idOf(codePoint, file) : vocabulary.idOf(word);
  }

  /** The number of characters (code points) up to the end of this token. */
  long characters() {
    return file == null ? charactersBefore : charactersBefore + words.characters();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
