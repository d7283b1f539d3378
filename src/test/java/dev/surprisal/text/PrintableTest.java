package dev.surprisal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void a_character_is_shown_with_its_number() {
    assertEquals("'é' (U+00E9)", Printable.of("é"));
    assertEquals("'😀' (U+1F600)", Printable.of("😀"));
  }

  @Test
  void a_character_that_shows_nothing_is_shown_as_its_number_alone() {
    assertEquals("U+000A", Printable.of("\n"));
    assertEquals("U+00A0", Printable.of("\u00A0"));
    assertEquals("U+202E", Printable.of("\u202E"));
    assertEquals("U+D800", Printable.of("\uD800"));
  }

  @Test
  void a_longer_token_is_quoted_and_cut() {
    assertEquals("\"\"", Printable.of(""));
    assertEquals("\"word\"", Printable.of("word"));
    assertEquals('"' + "x".repeat(40) + "…\"", Printable.of("x".repeat(10_000)));
  }
}
