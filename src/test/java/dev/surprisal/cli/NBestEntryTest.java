package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NBestEntryTest {
  @Test
  void three_fields_are_id_hypothesis_and_score() throws IOException {
    NBestEntry entry = parse("7 ||| a good text ||| -12.5");
    assertEquals("7", entry.id());
    assertEquals("a good text", entry.hypothesis().text());
    assertEquals(-12.5, entry.score());
  }

  @Test
  void a_fourth_field_is_the_score_and_the_features_before_it_stay() throws IOException {
    NBestEntry entry = parse("7 ||| a text ||| LM0= -3 TM0= 1 2 ||| -4e-1");
    assertEquals("a text", entry.hypothesis().text());
    assertEquals(-0.4, entry.score());
    assertEquals("7 ||| a text ||| LM0= -3 TM0= 1 2 ||| -2.5", entry.withScore(-2.5));
  }

  @Test
  void all_but_the_score_is_written_back_as_it_came() throws IOException {
    assertEquals("7|||  a  text ||| 0.25", parse("7|||  a  text ||| 1").withScore(0.25));
  }

  @Test
  void a_hypothesis_may_be_empty() throws IOException {
    assertEquals("", parse("7 |||  ||| 1").hypothesis().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7 ||| no score",
        "7 ||| a ||| b ||| c ||| 1",
        "7 ||| a ||| high",
        "7 ||| a ||| ",
        "7 ||| a ||| NaN",
        "7 ||| a ||| Infinity"
      })
  void a_line_that_is_no_entry_is_refused_with_its_number(String line) {
    IOException e = assertThrows(IOException.class, () -> parse(line));
    assertEquals(
        "nbest.txt: line 3: expected id ||| hypothesis ||| score, a finite number, found",
        e.getMessage().substring(0, 79));
  }

  private static NBestEntry parse(String line) throws IOException {
    return NBestEntry.parse(new TextLine("nbest.txt", 3, line));
  }
}
