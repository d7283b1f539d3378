package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.train.NBest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NBestFileTest {
  @TempDir Path folder;

  private List<NBest> read(String text) throws IOException {
    return NBestFile.read(Files.writeString(folder.resolve("lists"), text).toString());
  }

  @Test
  void consecutive_lines_of_one_id_are_a_list() throws IOException {
    List<NBest> lists =
        read("1 ||| a b ||| 2\n1 ||| a c ||| 0\n2 ||| d ||| 1.5\n2 |||  ||| 3\n2 ||| e ||| -1\n");
    assertEquals(2, lists.size());
    assertEquals(List.of("a b", "a c"), lists.get(0).hypotheses());
    assertArrayEquals(new float[] {2, 0}, lists.get(0).costs());
    assertEquals(List.of("d", "", "e"), lists.get(1).hypotheses());
    assertArrayEquals(new float[] {1.5f, 3, -1}, lists.get(1).costs());
  }

  @Test
  void what_is_no_list_is_refused_with_its_line() {
    assertRefused("expected lines id ||| hypothesis ||| cost, found none", "");
    assertRefused("2 hypotheses or more of the id 1, found 1", "1 ||| a ||| 2\n");
    assertRefused("of the id 2, found 1", "1 ||| a ||| 2\n1 ||| b ||| 2\n2 ||| c ||| 1\n");
    assertRefused("\"x\" for the score", "1 ||| a ||| 2\n1 ||| b ||| x\n");
    assertRefused("\"NaN\" for the score", "1 ||| a ||| 2\n1 ||| b ||| NaN\n");
    assertRefused("finite as a float, found 1.0E300", "1 ||| a ||| 2\n1 ||| b ||| 1e300\n");
  }

  private void assertRefused(String part, String text) {
    String message = assertThrows(IOException.class, () -> read(text)).getMessage();
    assertTrue(message.contains(part) && message.contains("lists"), message);
  }
}
