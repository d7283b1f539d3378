package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class LevelTest {
  @Test
  void a_level_is_found_by_its_spelling() {
    assertEquals(Level.CHARACTER, Level.parse("char"));
    assertEquals(Level.WORD, Level.parse("word"));
    for (Level level : Level.values()) {
      assertEquals(level, Level.parse(level.spelling()));
    }
  }

  @Test
  void an_unknown_spelling_is_answered_with_the_choices() {
    var e = assertThrows(IllegalArgumentException.class, () -> Level.parse("CHARACTER"));
    assertEquals("unknown level \"CHARACTER\": choose char or word", e.getMessage());
  }
}
