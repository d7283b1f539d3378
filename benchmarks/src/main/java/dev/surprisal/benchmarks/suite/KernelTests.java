package dev.surprisal.benchmarks.suite;

import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the kernels' own tests, a program without Java, have printed. */
record KernelTests(Ending ending, List<String> lines) {
  /** Runs them; what they print is added to the stage's log. */
  static KernelTests run(Setting setting, String stage, List<String> command, Duration limit)
      throws IOException, InterruptedException {
    Path printed = Files.createTempFile(setting.work(), stage, ".txt");
    Ending ending = setting.program(printed, command).run(limit);
    byte[] bytes = Files.readAllBytes(printed);
    Files.write(
        setting.log(stage),
        bytes,
        java.nio.file.StandardOpenOption.CREATE,
        java.nio.file.StandardOpenOption.APPEND);
    return new KernelTests(
        ending, new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).lines().toList());
  }

  /** Cases that passed. */
  long ok() {
    return lines.stream().filter(line -> line.startsWith("ok ")).count();
  }

  List<String> failed() {
    return lines.stream()
        .filter(line -> line.startsWith("FAILED "))
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .toList();
  }

  boolean passed() {
    return ending.well() && failed().isEmpty() && ok() > 0;
  }

  String summary() {
    List<String> failed = failed();
    return ok()
        + " cases passed"
        + (failed.isEmpty() ? "" : ", " + failed.size() + " failed, the first is " + failed.get(0))
        + (ending.well() || !failed.isEmpty() ? "" : ", then " + ending.text());
  }

  Map<String, ?> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("passed", ok());
    figures.put("failed", failed());
    figures.put("ended", ending.text());
    return figures;
  }
}
