package dev.surprisal.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens that a model knows, numbered 0 … V−1. Immutable.
 *
 * <p>At the character level a token is a Unicode code point; {@code <unk>} exists only if the
 * vocabulary was built with a minimum count above 1. At the word level there always are {@code
 * <unk>}, any word that the vocabulary does not have, and {@code <eos>}, the end of a line; these
 * two spelled out in a text mean the same.
 */
public final class Vocabulary {
  static final String UNKNOWN = "<unk>";
  static final String LINE_END = "<eos>";

  /** What every word vocabulary has. */
  static final List<String> WORD_SPECIALS = List.of(UNKNOWN, LINE_END);

  private static final int NONE = -1;

  private final Level level;
  private final String[] tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  // For the character level: id by code point, as long as the largest code point needs.
  private final int[] idByCodePoint;
  private final int unknown;
  private final int boundary;

  /** Takes tokens that are distinct and fit the level. */
  Vocabulary(Level level, List<String> tokens) {
    this.level = level;
    this.tokens = tokens.toArray(String[]::new);
    for (int id = 0; id < this.tokens.length; id++) {
      ids.put(this.tokens[id], id);
    }
    unknown = ids.getOrDefault(UNKNOWN, NONE);
    boundary = ids.getOrDefault(level == Level.CHARACTER ? "\n" : LINE_END, NONE);
    idByCodePoint = level == Level.CHARACTER ? idByCodePoint(this.tokens, unknown) : new int[0];
  }

  private static int[] idByCodePoint(String[] tokens, int unknown) {
    int largest = -1;
    for (int id = 0; id < tokens.length; id++) {
      largest = id == unknown ? largest : Math.max(largest, tokens[id].codePointAt(0));
    }
    int[] table = new int[largest + 1];
    Arrays.fill(table, unknown);
    for (int id = 0; id < tokens.length; id++) {
      if (id != unknown) {
        table[tokens[id].codePointAt(0)] = id;
      }
    }
    return table;
  }

  /**
   * Builds the vocabulary of a text. Characters are numbered by code point, after {@code <unk>} if
   * {@code minCount} is above 1; words by falling count, equal counts by code points, after {@code
   * <unk>} = 0 and {@code <eos>} = 1.
   *
   * @param level what a token is
   * @param minCount how often a token must occur to be in the vocabulary, at least 1
   * @param files the text, UTF-8, one file after the other
   * @return the vocabulary
   * @throws IOException if a file cannot be read, is empty or is not UTF-8
   * @throws IllegalArgumentException if there is no file, {@code minCount} is below 1, or the text
   *     is nothing but a byte order mark
   */
  public static Vocabulary build(Level level, int minCount, List<Path> files) throws IOException {
    TokenCounts counts = new TokenCounts(level, minCount);
    try (TokenReader text = new TokenReader(files, level)) {
      counts.add(text, Long.MAX_VALUE);
    }
    return counts.vocabulary();
  }

  /**
   * The vocabulary of a map as {@link #toMap()} makes it.
   *
   * @param level what a token is
   * @param ids token to id
   * @return the vocabulary
   * @throws IllegalArgumentException if the ids are not 0 … V−1, each once, or a token does not fit
   *     the level
   */
  public static Vocabulary fromMap(Level level, Map<String, Integer> ids) {
    return new Vocabulary(level, VocabularyMap.tokens(level, ids));
  }

  /**
   * Token to id, in the order of the ids.
   *
   * @return a new map
   */
  public Map<String, Integer> toMap() {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (int id = 0; id < tokens.length; id++) {
      map.put(tokens[id], id);
    }
    return map;
  }

  /**
   * What a token is.
   *
   * @return the level
   */
  public Level level() {
    return level;
  }

  /**
   * The number of tokens, V.
   *
   * @return V, at least 1
   */
  public int size() {
    return tokens.length;
  }

  /**
   * The token of an id.
   *
   * @param id from 0 to V−1
   * @return a character, a word, {@code <unk>} or {@code <eos>}
   * @throws IllegalArgumentException if the id is outside the vocabulary
   */
  public String token(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new IllegalArgumentException(
          "id " + id + " is outside the vocabulary: expected 0 to " + (tokens.length - 1));
    }
    return tokens[id];
  }

  /**
   * The id of a token.
   *
   * @param token a character, a word, {@code <unk>} or {@code <eos>}
   * @return its id; empty if the vocabulary does not have it, whether or not there is {@code <unk>}
   */
  public OptionalInt id(String token) {
    return optional(ids.getOrDefault(token, NONE));
  }

  /**
   * The id of {@code <unk>}.
   *
   * @return the id; empty if an unknown token is an error
   */
  public OptionalInt unknown() {
    return optional(unknown);
  }

  /**
   * The id of the end of a line: the line feed at the character level, {@code <eos>} at the word
   * level.
   *
   * @return the id; empty if the text that the vocabulary was built from has no line feed
   */
  public OptionalInt boundary() {
    return optional(boundary);
  }

  private static OptionalInt optional(int id) {
    return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Encodes a text. At the word level each line feed gives {@code <eos>}; the end of the text does
   * not.
   *
   * @param text any text
   * @return the ids of its tokens
   * @throws UnknownTokenException if a character is not in the vocabulary and there is no {@code
   *     <unk>}; its position counts code points from 0
   * @throws IllegalArgumentException if a word is longer than 65,536 characters
   */
  public int[] encode(String text) {
    CodePoints characters = CodePoints.of(text);
    int[] encoded = new int[text.length()];
    int count = 0;
    try {
      if (level == Level.CHARACTER) {
        for (int c = characters.next(); c != CodePoints.END; c = characters.next()) {
          encoded[count++] = idOf(c, characters);
        }
      } else {
        WordReader words = new WordReader(characters, false);
        for (String word = words.next(); word != null; word = words.next()) {
          encoded[count++] = idOf(word);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return Arrays.copyOf(encoded, count);
  }

  /** The id of a code point that was just read from {@code text}. */
  int idOf(int codePoint, CodePoints text) {
    int id = codePoint < idByCodePoint.length ? idByCodePoint[codePoint] : unknown;
    if (id == NONE) {
      throw new UnknownTokenException(Character.toString(codePoint), text.where(), tokens.length);
    }
    return id;
  }

  /** The id of a word, that of {@code <unk>} if the vocabulary does not have it. */
  int idOf(String word) {
    return ids.getOrDefault(word, unknown);
  }

  /**
   * Decodes ids. Words are joined by single spaces, and {@code <eos>} becomes a line feed.
   *
   * @param ids ids from 0 to V−1
   * @return the text
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public String decode(int[] ids) {
    StringBuilder text = new StringBuilder();
    boolean lineStart = true;
    for (int id : ids) {
      String token = token(id);
      if (level == Level.CHARACTER) {
        text.append(token);
      } else if (id == boundary) {
        text.append('\n');
        lineStart = true;
      } else {
        text.append(lineStart ? "" : " ").append(token);
        lineStart = false;
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vocabulary that
        && level == that.level
        && Arrays.equals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }
}
