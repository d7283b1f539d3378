package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenizersTest {
  @Test
  void a_tokenizer_is_found_by_its_name() {
    assertSame(Tokenizers.CHARACTERS, Tokenizers.of("char"));
    assertSame(Tokenizers.WORDS, Tokenizers.of("word"));
    assertEquals(List.of("char", "word"), Tokenizers.names());
    for (String name : Tokenizers.names()) {
      assertEquals(name, Tokenizers.of(name).name());
    }
  }

  @Test
  void an_unknown_name_is_answered_with_the_choices() {
    var e = assertThrows(IllegalArgumentException.class, () -> Tokenizers.of("CHARACTER"));
    assertEquals("unknown level \"CHARACTER\": choose char or word", e.getMessage());
  }
}
