package dev.surprisal.cli;

import dev.surprisal.text.Corpus;
import dev.surprisal.text.Split;
import dev.surprisal.text.Tokenizer;
import dev.surprisal.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The texts of a training run, and what a token of them is. */
final class TextOptions implements RunOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      arity = "1..*",
      description = "UTF-8 text to train on; several files are one text.")
  private List<Path> text;

  @Option(
      names = "--valid",
      paramLabel = "FILE",
      description = "Text to validate on, instead of a part of --text.")
  private Path valid;

  @Option(
      names = "--split",
      paramLabel = "TRAIN,VALID,TEST",
      description =
          "Fractions of the text (default: 0.9,0.1,0, with --valid 1,0,0). Training does not use"
              + " the test part.")
  private String split;

  @Option(
      names = "--level",
      paramLabel = "NAME",
      defaultValue = "char",
      completionCandidates = Levels.class,
      description = "What a token is: one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private String level;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How often a token must occur to be in the vocabulary; others are <unk> (default:"
              + " ${DEFAULT-VALUE}).")
  private int minCount;

  /** Checks the options and sets the defaults that depend on other options. */
  void complete() {
    Options.check(command, text != null, "Missing required option: '--text=FILE'");
    Options.check(command, minCount >= 1, "--min-count is 1 or more, found " + minCount);
    if (split == null) {
      split = valid == null ? "0.9,0.1,0" : "1,0,0";
    }
    Options.build(command, this::tokenizer);
    Options.check(
        command,
        Options.build(command, this::split).valid() == 0 || valid == null,
        "--valid and a --split with a validation part exclude each other");
  }

  /** Returns whether the run has a text to validate on. */
  boolean hasValidation() {
    return valid != null || split().valid() > 0;
  }

  /** Reads and encodes the text. Temporary files go into {@code scratch}. */
  Corpus read(Path scratch) throws IOException {
    return Corpus.read(text, Optional.ofNullable(valid), split(), tokenizer(), minCount, scratch);
  }

  /** Returns the files and their present contents' checksums. */
  RunTexts files() throws IOException {
    return RunTexts.of(text, valid == null ? List.of() : List.of(valid));
  }

  /** Takes the files of an earlier run for those that are not given. */
  void adopt(RunTexts earlier) {
    if (text == null) {
      text = earlier.text().stream().map(file -> Path.of(file.path())).toList();
    }
    if (valid == null && !earlier.valid().isEmpty()) {
      valid = Path.of(earlier.valid().get(0).path());
    }
  }

  private Tokenizer tokenizer() {
    return Tokenizers.of(level);
  }

  private Split split() {
    return Split.parse(split);
  }

  /** What {@code --level} accepts. */
  private static final class Levels implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Tokenizers.names().iterator();
    }
  }
}
