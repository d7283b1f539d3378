package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MainTest {
  static List<String> subcommands() {
    return List.copyOf(Main.commands().getSubcommands().keySet());
  }

  @Test
  void help_lists_every_subcommand() {
    Cli.Result result = Cli.run("--help");
    assertEquals(0, result.status());
    subcommands().forEach(name -> assertTrue(result.out().contains("\n  " + name + " "), name));
    assertEquals("", result.err());
  }

  @ParameterizedTest
  @MethodSource("subcommands")
  void every_subcommand_has_help(String subcommand) {
    Cli.Result result = Cli.run(subcommand, "--help");
    assertEquals(0, result.status());
    assertTrue(result.out().startsWith("Usage: surprisal " + subcommand + " "), result.out());
  }

  @Test
  void help_tells_what_the_exit_status_means() {
    String help = Cli.run("--help").out();
    assertTrue(help.contains("130   stopped by Ctrl-C"), help);
  }

  @Test
  void the_version_is_one_line() {
    Cli.Result result = Cli.run("--version");
    assertEquals(0, result.status());
    assertEquals(1, result.outLines().size());
    assertTrue(result.out().startsWith("surprisal "), result.out());
  }

  @Test
  void no_subcommand_is_wrong_use() {
    Cli.Result result = Cli.run();
    assertEquals(2, result.status());
    assertEquals("", result.out());
    assertEquals(
        List.of("surprisal: Missing required subcommand", "Try 'surprisal --help'."),
        result.errLines());
  }

  @Test
  void a_misspelt_subcommand_is_wrong_use_and_the_right_one_is_suggested() {
    Cli.Result result = Cli.run("doctr");
    assertEquals(2, result.status());
    assertTrue(result.err().contains("Did you mean: surprisal doctor"), result.err());
  }

  @Test
  void an_unknown_option_is_wrong_use_of_its_subcommand() {
    Cli.Result result = Cli.run("doctor", "--fast");
    assertEquals(2, result.status());
    assertEquals("Try 'surprisal doctor --help'.", result.errLines().get(1));
  }

  @Test
  void output_that_cannot_be_written_is_a_failure() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    assertEquals(1, Main.execute(full, OutputStream.nullOutputStream(), "--version"));
  }
}
