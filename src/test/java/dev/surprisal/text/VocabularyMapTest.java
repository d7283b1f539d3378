package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VocabularyMapTest {
  @Test
  void special_tokens_may_have_any_id() {
    Map<String, Integer> ids = Map.of("a", 0, "<eos>", 1, "<unk>", 2);
    Vocabulary words = Vocabulary.fromMap(Tokenizers.WORDS, ids);
    assertArrayEquals(new int[] {0, 2, 1}, words.encode("a b\n"));
    Vocabulary characters = Vocabulary.fromMap(Tokenizers.CHARACTERS, Map.of("b", 0, "<unk>", 1));
    assertArrayEquals(new int[] {0, 1}, characters.encode("ba"));
  }

  @Test
  void an_empty_map_is_refused() {
    assertRefused(
        Tokenizers.CHARACTERS, Map.of(), "the vocabulary is empty: expected at least one token");
  }

  @Test
  void ids_that_leave_a_gap_are_refused() {
    String message = "token \"bc\" has id 2: expected the ids 0 to 1, each once";
    assertRefused(Tokenizers.WORDS, inOrder("a", 0, "bc", 2), message);
    assertRefused(Tokenizers.WORDS, inOrder("a", 0, "bc", -1), message.replace("2", "-1"));
    assertRefused(Tokenizers.WORDS, inOrder("a", 0, "bc", null), message.replace("2", "null"));
  }

  @Test
  void an_id_that_two_tokens_have_is_refused() {
    assertRefused(
        Tokenizers.CHARACTERS,
        inOrder("a", 0, "b", 0),
        "the tokens 'a' (U+0061) and 'b' (U+0062) both have id 0: expected each id once");
  }

  @Test
  void tokens_of_the_other_tokenizer_are_refused() {
    assertRefused(
        Tokenizers.CHARACTERS,
        Map.of("the", 0),
        "token \"the\" is not one character, which the character level needs: is this a vocabulary"
            + " of words?");
    assertRefused(
        Tokenizers.CHARACTERS,
        Map.of("", 0),
        "token \"\" is not one character, which the character level needs: is this a vocabulary of"
            + " words?");
    assertRefused(
        Tokenizers.WORDS,
        Map.of("\n", 0),
        "token U+000A is not a word: it is empty or has whitespace; is this a vocabulary of"
            + " characters?");
    assertRefused(
        Tokenizers.WORDS,
        Map.of("", 0),
        "token \"\" is not a word: it is empty or has whitespace; is this a vocabulary of"
            + " characters?");
  }

  @Test
  void words_without_the_special_tokens_are_refused() {
    assertRefused(
        Tokenizers.WORDS,
        inOrder("a", 0, "<unk>", 1),
        "the vocabulary has no <eos>, which the word level needs");
    assertRefused(
        Tokenizers.WORDS,
        inOrder("a", 0, "<eos>", 1),
        "the vocabulary has no <unk>, which the word level needs");
  }

  @Test
  void a_token_that_no_text_can_have_is_refused() {
    assertRefused(
        Tokenizers.CHARACTERS,
        Map.of("\uDC00", 0),
        "token U+DC00 has an unpaired surrogate, which no UTF-8 text has");
  }

  @Test
  void a_map_is_not_kept() {
    Map<String, Integer> ids = new HashMap<>(Map.of("a", 0));
    Vocabulary vocabulary = Vocabulary.fromMap(Tokenizers.CHARACTERS, ids);
    ids.clear();
    vocabulary.toMap().clear();
    assertEquals(Map.of("a", 0), vocabulary.toMap());
  }

  private static Map<String, Integer> inOrder(String a, Integer first, String b, Integer second) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put(a, first);
    ids.put(b, second);
    return ids;
  }

  private static void assertRefused(Tokenizer tokenizer, Map<String, Integer> ids, String message) {
    var e = assertThrows(IllegalArgumentException.class, () -> Vocabulary.fromMap(tokenizer, ids));
    assertEquals(message, e.getMessage());
  }
}
