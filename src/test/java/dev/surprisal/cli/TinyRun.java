package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Texts and runs so small that an epoch takes milliseconds. */
final class TinyRun {
  private static final JsonMapper JSON = new JsonMapper();

  private TinyRun() {}

  /**
   * Lines of a few words, the same ones for the same seed; every letter of them is in every text.
   */
  static Path text(Path file, int words, long seed) throws IOException {
    List<String> lexicon = List.of("the", "cat", "sat", "on", "a", "mat", "and", "hid");
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder(String.join(" ", lexicon)).append('\n');
    for (int i = 1; i < words; i++) {
      text.append(lexicon.get(random.nextInt(lexicon.size()))).append(i % 7 == 0 ? "\n" : " ");
    }
    return Files.writeString(file, text.append('\n'));
  }

  /** The arguments of a run of a small model. */
  static Object[] train(Path text, Path out, Object... more) {
    List<Object> args = new ArrayList<>();
    args.addAll(List.of("train", "--text", text, "--out", out, "--device", "cpu"));
    args.addAll(List.of("--embed", 4, "--hidden", 8, "--batch", 4, "--window", 8));
    args.addAll(Arrays.asList(more));
    return args.toArray();
  }

  /** Trains, and expects that it works. */
  static Path trained(Path text, Path out, Object... more) {
    Cli.Result result = Cli.run(train(text, out, more));
    assertEquals(0, result.status(), result.err());
    return out;
  }

  /** The metrics of a run, a line an epoch, without what depends on the clock. */
  static List<ObjectNode> metrics(Path out) throws IOException {
    List<ObjectNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("metrics.jsonl"))) {
      lines.add(json(line).without(List.of("seconds", "tokens_per_second")));
    }
    return lines;
  }

  static ObjectNode json(String line) throws IOException {
    return (ObjectNode) JSON.readTree(line);
  }
}
