package dev.surprisal.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The text of the quickstart, in two files: the source text of this program, which the build puts
 * into the jar.
 *
 * @param train the first nine tenths, up to the end of a line
 * @param heldOut the rest
 */
record QuickstartText(Path train, Path heldOut) {
  private static final String RESOURCE = "source-text.txt";

  /** Writes the files into a folder. */
  static QuickstartText write(Path folder) throws IOException {
    String text = read();
    int cut = text.lastIndexOf('\n', text.length() / 10 * 9) + 1;
    return new QuickstartText(
        Files.writeString(folder.resolve("train.txt"), text.substring(0, cut)),
        Files.writeString(folder.resolve("held-out.txt"), text.substring(cut)));
  }

  private static String read() throws IOException {
    try (InputStream in = QuickstartText.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new FileNotFoundException(RESOURCE + " is missing from this build: run mvn package");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
