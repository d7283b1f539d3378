package dev.surprisal.text;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens that a model knows, numbered 0 … V−1. Immutable.
 *
 * <p>Its {@link Tokenizer} decides what a token is. Characters: {@code <unk>} is in the vocabulary
 * only if it was built with a minimum count above 1. Words: every vocabulary has {@code <unk>} for
 * all other words and {@code <eos>} for the end of a line; a text may spell out both.
 */
public final class Vocabulary {
  private static final int NONE = -1;

  private final Tokenizer tokenizer;
  private final String[] tokens;
  private final Map<String, Integer> ids = new HashMap<>();
  private final int unknown;
  private final int boundary;
  private final Codec codec;

  /** Takes distinct tokens that the tokenizer accepts, by id. */
  Vocabulary(Tokenizer tokenizer, List<String> tokens) {
    this.tokenizer = tokenizer;
    this.tokens = tokens.toArray(String[]::new);
    for (int id = 0; id < this.tokens.length; id++) {
      ids.put(this.tokens[id], id);
    }
    unknown = idOr(tokenizer.unknown(), NONE);
    boundary = idOr(tokenizer.lineEnd(), NONE);
    codec = tokenizer.codec(this);
  }

  /**
   * Returns the vocabulary of a map that {@link #toMap()} returned.
   *
   * @param tokenizer what a token is
   * @param ids token to id
   * @return the vocabulary
   * @throws IllegalArgumentException if the ids are not 0 … V−1, each once, or the tokenizer cannot
   *     have such tokens
   */
  public static Vocabulary fromMap(Tokenizer tokenizer, Map<String, Integer> ids) {
    List<String> tokens = VocabularyMap.tokens(ids);
    tokenizer.check(tokens);
    return new Vocabulary(tokenizer, tokens);
  }

  /**
   * Returns the ids by token, in the order of the ids.
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
   * Returns what a token is.
   *
   * @return the tokenizer
   */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Returns the number of tokens, V.
   *
   * @return V, at least 1
   */
  public int size() {
    return tokens.length;
  }

  /**
   * Returns the token of an id.
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
   * Returns the id of a token.
   *
   * @param token a character, a word, {@code <unk>} or {@code <eos>}
   * @return its id; empty if the vocabulary does not have it, even if it has {@code <unk>}
   */
  public OptionalInt id(String token) {
    return optional(idOr(token, NONE));
  }

  /**
   * Returns the id of {@code <unk>}.
   *
   * @return the id; empty if the vocabulary has no {@code <unk>}
   */
  public OptionalInt unknown() {
    return optional(unknown);
  }

  /**
   * Returns the id of the end of a line: the line feed among characters, {@code <eos>} among words.
   *
   * @return the id; empty if the vocabulary has no line end
   */
  public OptionalInt boundary() {
    return optional(boundary);
  }

  private static OptionalInt optional(int id) {
    return id == NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Returns the id of a token, or {@code other} if the vocabulary does not have it. */
  int idOr(String token, int other) {
    Integer id = ids.get(token);
    return id == null ? other : id;
  }

  /** Returns what turns texts into ids and back. */
  Codec codec() {
    return codec;
  }

  /**
   * Encodes a text. Words: each line feed becomes {@code <eos>}; the end of the text does not.
   *
   * @param text any text
   * @return the ids of its tokens
   * @throws UnknownTokenException if a character is not in the vocabulary, which has no {@code
   *     <unk>}; its position counts code points from 0
   * @throws IllegalArgumentException if a word is longer than 65,536 characters
   */
  public int[] encode(String text) {
    int[] encoded = new int[text.length()];
    int[] chunk = new int[Math.max(1, text.length())];
    int size = 0;
    TokenStream tokens = codec.encode(CodePoints.of(text), false);
    try {
      for (int count = 1; count > 0; size += count) {
        count = tokens.read(chunk, chunk.length);
        if (size + count > encoded.length) {
          encoded = Arrays.copyOf(encoded, 2 * (size + count));
        }
        System.arraycopy(chunk, 0, encoded, size, count);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return Arrays.copyOf(encoded, size);
  }

  /**
   * Decodes ids. Words: joined by single spaces, and {@code <eos>} becomes a line feed.
   *
   * @param ids ids from 0 to V−1
   * @return the text
   * @throws IllegalArgumentException if an id is outside the vocabulary
   */
  public String decode(int[] ids) {
    return codec.decode(ids);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Vocabulary that
        && tokenizer.equals(that.tokenizer)
        && Arrays.equals(tokens, that.tokens);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }
}
