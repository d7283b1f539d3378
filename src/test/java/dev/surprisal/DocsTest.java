package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What pages in docs/ show of the sources. A fenced block of code is either a whole class, marked
 * as an example in the line before, or stands in the file that the line before names; a line of "…"
 * stands for what is left out.
 */
class DocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("^([^\n]*)\n+```(\\w+)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FILE = Pattern.compile("`([\\w./-]+/[\\w.-]+)`[^`]*$");
  private static final Pattern PUBLIC_CLASS = Pattern.compile("class (\\w+)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final String EXAMPLE = "<!-- example -->";
  private static final String LEFT_OUT = "…";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"docs/losses.md", "docs/adding-a-loss.md"})
  void what_a_page_quotes_stands_in_the_sources(String page) throws Exception {
    List<MatchResult> blocks = blocks(page);
    assertTrue(blocks.size() > 0, page + " quotes nothing");
    for (MatchResult block : blocks) {
      if (!block.group(1).equals(EXAMPLE)) {
        quotes(page, block.group(1), block.group(3));
      }
    }
  }

  private static void quotes(String page, String before, String code) throws Exception {
    Matcher file = FILE.matcher(before);
    assertTrue(file.find(), page + ": no file is named in the line before\n" + code);
    String source = Files.readString(Path.of(file.group(1)));
    int at = 0;
    for (String part : parts(code)) {
      int found = source.indexOf(part, at);
      assertTrue(found >= 0, page + ": " + file.group(1) + " has no longer\n" + part);
      at = found + part.length();
    }
  }

  /** What is between the lines that say that something is left out; each ends with its line. */
  private static List<String> parts(String code) {
    String[] parts = code.split("(?m)^ *" + LEFT_OUT + "\n");
    return Arrays.stream(parts).filter(part -> !part.isBlank()).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/losses.md", "docs/adding-a-loss.md"})
  void what_a_page_gives_for_an_example_compiles(String page) throws Exception {
    for (MatchResult block : blocks(page)) {
      if (block.group(1).equals(EXAMPLE)) {
        assertEquals("", errors(block.group(3)), page);
      }
    }
  }

  private String errors(String code) throws Exception {
    Matcher name = PUBLIC_CLASS.matcher(code);
    assertTrue(name.find(), "an example is a class:\n" + code);
    Path source = Files.writeString(folder.resolve(name.group(1) + ".java"), code);
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            errors,
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            folder.toString(),
            source.toString());
    return errors.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"README.md", "docs/losses.md", "docs/adding-a-loss.md", "docs/kernels.md"})
  void what_a_page_links_to_is_there(String page) throws Exception {
    Path at = Path.of(page).toAbsolutePath().getParent();
    Matcher links = LINK.matcher(Files.readString(Path.of(page)));
    while (links.find()) {
      assertTrue(Files.exists(at.resolve(links.group(1))), page + " links to " + links.group(1));
    }
  }

  private static List<MatchResult> blocks(String page) throws Exception {
    return BLOCK.matcher(Files.readString(Path.of(page))).results().toList();
  }
}
