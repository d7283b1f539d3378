package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
  @TempDir static Path folder;
  private static Path characters;
  private static Path words;

  @BeforeAll
  static void train_models() throws IOException {
    Path text = TinyRun.text(folder.resolve("text.txt"), 400, 1);
    characters = TinyRun.trained(text, folder.resolve("characters"), "--epochs", 1);
    words = TinyRun.trained(text, folder.resolve("words"), "--epochs", 1, "--level", "word");
  }

  @Test
  void the_prompt_comes_first_and_then_as_many_characters_as_asked_for() {
    String out = generate(characters, 0, "--prompt", "the ", "--length", 30).out();
    assertTrue(out.startsWith("the "), out);
    assertEquals(4 + 30 + System.lineSeparator().length(), out.length());
  }

  @Test
  void words_go_on_after_a_space() {
    String out = generate(words, 0, "--prompt", "the cat", "--length", 5, "--seed", 3).out();
    assertTrue(out.matches("(?s)the cat[ \n].*"), out);
  }

  @Test
  void without_a_prompt_the_sample_stands_alone() {
    assertEquals(
        10 + System.lineSeparator().length(),
        generate(characters, 0, "--length", 10).out().length());
  }

  @Test
  void the_same_seed_gives_the_same_sample_and_another_one_another() {
    String first = generate(characters, 0, "--seed", 7).out();
    assertEquals(first, generate(characters, 0, "--seed", 7).out());
    assertNotEquals(first, generate(characters, 0, "--seed", 8).out());
  }

  @Test
  void with_temperature_0_or_one_candidate_the_seed_does_not_matter() {
    String greedy = generate(characters, 0, "--temperature", 0).out();
    assertEquals(greedy, generate(characters, 0, "--temperature", 0, "--seed", 8).out());
    assertEquals(greedy, generate(characters, 0, "--top-k", 1, "--seed", 9).out());
    assertEquals(greedy, generate(characters, 0, "--top-p", "1e-6", "--seed", 10).out());
  }

  @Test
  void values_out_of_range_are_wrong_use() {
    generate(characters, 2, "--temperature", -1);
    generate(characters, 2, "--temperature", "NaN");
    generate(characters, 2, "--top-k", -1);
    generate(characters, 2, "--top-p", 0);
    generate(characters, 2, "--top-p", 1.5);
    generate(characters, 2, "--length", 0);
  }

  private static Cli.Result generate(Path model, int status, Object... more) {
    List<Object> args = new ArrayList<>(List.of("generate", "--model", model, "--device", "cpu"));
    args.addAll(List.of(more));
    Cli.Result result = Cli.run(args.toArray());
    assertEquals(status, result.status(), result.err());
    return result;
  }
}
