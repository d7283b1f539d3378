package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartCommandTest {
  @TempDir Path folder;

  @Test
  void it_trains_shows_compares_writes_and_leaves_a_folder_that_other_commands_take()
      throws IOException {
    Path out = folder.resolve("first");
    Cli.Result result =
        Cli.run("quickstart", "--out", out, "--seconds", 1, "--epochs", 1, "--device", "cpu");
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains("|*"), "a loss curve in " + result.out());
    assertTrue(result.out().matches("(?s).* gzip -9 +\\d\\.\\d{3}\\R.*"), result.out());
    assertTrue(result.out().matches("(?s).* 3-gram model +\\d\\.\\d{3}\\R.*"), result.out());
    assertTrue(result.out().matches("(?s).* this model +\\d\\.\\d{3}\\R.*"), result.out());
    assertTrue(result.out().contains("A sample:"), result.out());
    assertTrue(result.out().contains("surprisal generate --model " + out), result.out());
    Cli.Result generate =
        Cli.run("generate", "--model", out, "--device", "cpu", "--length", 5, "--prompt", "class");
    assertEquals(0, generate.status(), generate.err());
    Cli.Result again = Cli.run("train", "--resume", "--out", out, "--device", "cpu", "--steps", 1);
    assertEquals(0, again.status(), again.err());
  }

  @Test
  void values_out_of_range_are_wrong_use() {
    Object out = folder.resolve("none");
    assertEquals(2, Cli.run("quickstart", "--out", out, "--epochs", 0).status());
    assertEquals(2, Cli.run("quickstart", "--out", out, "--seconds", 0).status());
    assertEquals(2, Cli.run("quickstart", "--out", out, "--device", "gpu").status());
    assertFalse(Files.exists(folder.resolve("none")));
  }

  @Test
  void a_folder_that_is_there_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("precious"), "content");
    Cli.Result result = Cli.run("quickstart", "--out", folder);
    assertEquals(1, result.status());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().contains("exists already"), result.err());
    assertEquals("content", Files.readString(file));
  }

  @Test
  void the_text_is_split_at_the_end_of_a_line_and_nothing_is_lost() throws IOException {
    QuickstartText text = QuickstartText.write(folder);
    String train = Files.readString(text.train());
    String heldOut = Files.readString(text.heldOut());
    assertTrue(train.endsWith("\n"));
    assertTrue(heldOut.endsWith("}\n"));
    assertTrue(train.startsWith("package "), "the first line of a source file");
    assertEquals(9.0, (double) train.length() / heldOut.length(), 0.1);
  }
}
