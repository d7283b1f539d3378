package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** A bundle whose programs are scripts of a test. */
final class FakeBundle {
  private FakeBundle() {}

  /** What a quick run on a GPU's machine works in; the bundle is in a folder of its own. */
  static Setting setting(Path folder) {
    return new Setting(
        new Bundle(folder.resolve("bundle")),
        "cuda:0",
        true,
        null,
        folder,
        folder,
        Map.of(),
        List.of());
  }

  /** A program for a shell. */
  static Path script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
