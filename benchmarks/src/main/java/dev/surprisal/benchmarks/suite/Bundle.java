package dev.surprisal.benchmarks.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder that the bundle was unpacked to. */
record Bundle(Path folder) {
  /** Where the launcher says that it is. */
  static Bundle found() {
    String folder = System.getProperty("surprisal.bundle");
    if (folder == null) {
      throw new IllegalStateException(
          "the suite runs from its bundle: build it with mvn -Pbundle package, then start"
              + " gpu-suite");
    }
    return new Bundle(Path.of(folder));
  }

  /** The commit that it was built from. */
  String commit() {
    try {
      return Files.readString(folder.resolve("commit")).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A command that runs a class of the bundle; what JavaCPP unpacks goes to the given folder. */
  List<String> java(Path unpacked, List<String> properties, String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("runtime/bin/java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-Djava.awt.headless=true",
            "-Djava.library.path=" + folder.resolve("native"),
            "-Dfile.encoding=UTF-8",
            "-Djava.io.tmpdir=" + unpacked,
            "-Duser.home=" + unpacked,
            "-Dorg.bytedeco.javacpp.cachedir=" + unpacked.resolve("libraries"),
            "-Dsurprisal.commit=" + commit()));
    command.addAll(properties);
    command.addAll(List.of("-cp", folder.resolve("lib") + "/*:" + tests(), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  /** The library's tests, with the files that they read by their place in the source. */
  Path tests() {
    return folder.resolve("tests");
  }

  /** The tests of the kernels without Java, for a GPU. */
  Path kernelTests() {
    return folder.resolve("native/kernel_tests");
  }

  /** A python3 that sees the library path of the suite's user, not that of its stages. */
  Path python() {
    return folder.resolve("native/python3");
  }
}
