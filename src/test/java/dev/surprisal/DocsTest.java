package dev.surprisal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Quotations and links of the documentation. A fenced block of code is either a whole class, marked
 * as an example, or a quotation from the file named last before it; a line of "…" in a quotation
 * means that lines are left out.
 */
class DocsTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```\\w+\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FILE = Pattern.compile("`([\\w./-]+/[\\w-]+\\.\\w+)`");
  private static final Pattern CLASS = Pattern.compile("class (\\w+)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final String EXAMPLE = "<!-- example -->";
  private static final String LEFT_OUT = "…";

  @TempDir Path folder;

  /**
   * A fenced block.
   *
   * @param before what the page says between the block before and this one
   * @param code of the block
   */
  private record Block(String before, String code) {
    boolean isExample() {
      return before.stripTrailing().endsWith(EXAMPLE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/losses.md", "docs/adding-a-loss.md", "docs/adding-a-cell.md"})
  void what_a_page_quotes_stands_in_the_sources(String page) throws Exception {
    List<Block> blocks = blocks(page);
    assertFalse(blocks.isEmpty(), page + " shows no code");
    for (Block block : blocks) {
      if (!block.isExample()) {
        requireQuoted(page, block);
      }
    }
  }

  private static void requireQuoted(String page, Block block) throws Exception {
    String file = FILE.matcher(block.before).results().reduce((a, b) -> b).orElseThrow().group(1);
    String source = Files.readString(Path.of(file));
    int at = 0;
    for (String part : parts(block.code)) {
      int found = source.indexOf(part, at);
      assertTrue(found >= 0, page + ": " + file + " does not have, in this order\n" + part);
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
    for (Block block : blocks(page)) {
      if (block.isExample()) {
        assertEquals("", errors(block.code), page);
      }
    }
  }

  private String errors(String code) throws Exception {
    Matcher name = CLASS.matcher(code);
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
      strings = {
        "README.md",
        "CONTRIBUTING.md",
        "docs/losses.md",
        "docs/adding-a-loss.md",
        "docs/adding-a-cell.md",
        "docs/kernels.md",
        "docs/gpu-suite.md",
        "docs/decisions/README.md"
      })
  void what_a_page_links_to_is_there(String page) throws Exception {
    Path at = Path.of(page).toAbsolutePath().getParent();
    Matcher links = LINK.matcher(Files.readString(Path.of(page)));
    while (links.find()) {
      assertTrue(Files.exists(at.resolve(links.group(1))), page + " links to " + links.group(1));
    }
  }

  private static List<Block> blocks(String page) throws Exception {
    String text = Files.readString(Path.of(page));
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    int end = 0;
    while (block.find()) {
      blocks.add(new Block(text.substring(end, block.start()), block.group(1)));
      end = block.end();
    }
    return blocks;
  }
}
