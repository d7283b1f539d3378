package dev.surprisal.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The text files of a run.
 *
 * @param text the training text
 * @param valid the validation text; empty if that is a part of the text, or missing
 */
record RunTexts(List<TextFile> text, List<TextFile> valid) {
  static RunTexts of(List<Path> text, List<Path> valid) throws IOException {
    return new RunTexts(files(text), files(valid));
  }

  /** Rejects texts other than these; the same bytes under another name are the same text. */
  void checkSame(RunTexts now) throws IOException {
    checkSame("--text", text, now.text);
    checkSame("--valid", valid, now.valid);
  }

  private static List<TextFile> files(List<Path> paths) throws IOException {
    List<TextFile> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(TextFile.of(path));
    }
    return files;
  }

  private static void checkSame(String option, List<TextFile> before, List<TextFile> now)
      throws IOException {
    if (before.size() != now.size()) {
      throw new IOException(
          option + ": the run was started with " + before.size() + " files, found " + now.size());
    }
    for (int i = 0; i < before.size(); i++) {
      before.get(i).checkSame(now.get(i));
    }
  }
}
