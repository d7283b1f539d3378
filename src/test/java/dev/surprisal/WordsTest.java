package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The prose of the project says things directly; phrases that do not are listed here. */
class WordsTest {
  /** Files, and folders with the Markdown and Java files in them. */
  private static final List<String> ROOTS =
      List.of(
          "README.md",
          "CHANGELOG.md",
          "CONTRIBUTING.md",
          "docs",
          "src/test/golden/README.md",
          "src/main/java");

  /** A space stands for any white space, also for that of a Javadoc line that is wrapped. */
  private static final List<String> PHRASES =
      List.of(
          "as there(?! (?:is|are|was|were) )",
          "by way of",
          "for want of",
          "hears? of",
          "is told",
          "it takes of",
          "keeps? (?:a|it|one) from",
          "mends?",
          "of one's own",
          "one behind the other",
          "shall",
          "takes? the place of",
          "that there (?:is|are) already",
          "what (?:keeps|holds) (?:a|it)",
          "with what (?:figures|words)",
          "wrong use");

  private static final Pattern BANNED =
      Pattern.compile(
          "\\b(?:" + String.join("|", PHRASES).replace(" ", "(?:\\s|\\*)+") + ")\\b",
          Pattern.CASE_INSENSITIVE);

  @Test
  void the_prose_has_none_of_the_phrases() throws IOException {
    StringBuilder found = new StringBuilder();
    for (String root : ROOTS) {
      for (Path file : files(Path.of(root))) {
        BANNED
            .matcher(Files.readString(file))
            .results()
            .forEach(hit -> found.append(file).append(": ").append(hit.group()).append('\n'));
      }
    }
    assertEquals("", found.toString(), "say it directly (docs/glossary.md has the terms)");
  }

  @Test
  void a_phrase_is_found_across_lines_of_javadoc() {
    assertTrue(BANNED.matcher("by \n   * way of").find());
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().matches(".*\\.(md|java)"))
          .sorted()
          .toList();
    }
  }
}
