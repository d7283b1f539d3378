package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The outcome of the kernels' own tests, a program without Java.
 *
 * @param ending how it ended
 * @param cases those that were begun
 * @param printed what it printed
 */
record KernelTests(Ending ending, List<Case> cases, List<String> printed) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A case, as native/tests/results_file.h describes it.
   *
   * @param name file and what it proves
   * @param status {@code running}, {@code passed} or {@code failed}
   * @param milliseconds null while it is running
   * @param messages of one that failed
   */
  record Case(
      @JsonProperty("name") String name,
      @JsonProperty("status") String status,
      @JsonProperty("milliseconds") Double milliseconds,
      @JsonProperty("messages") List<String> messages) {}

  /**
   * Runs them.
   *
   * @param stage to whose log is added what they print
   * @param command which ends in their arguments
   */
  static KernelTests run(Setting setting, String stage, List<String> command, Duration limit)
      throws IOException, InterruptedException {
    Path json = Files.createTempFile(setting.work(), stage, ".json");
    Path log = Files.createTempFile(setting.work(), stage, ".txt");
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("--json", json.toString()));
    Ending ending = setting.program(log, all).run(limit);
    byte[] printed = Files.readAllBytes(log);
    Files.write(setting.log(stage), printed, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return new KernelTests(
        ending,
        Files.size(json) == 0 ? List.of() : List.of(JSON.readValue(json.toFile(), Case[].class)),
        new String(printed, StandardCharsets.ISO_8859_1).lines().toList());
  }

  long passed() {
    return named("passed").size();
  }

  private List<String> named(String status) {
    return cases.stream().filter(which -> which.status().equals(status)).map(Case::name).toList();
  }

  boolean failed() {
    return !named("failed").isEmpty() || !ending.stopped() && ending.status() != 0;
  }

  boolean allPassed() {
    return ending.well() && !failed() && passed() > 0;
  }

  /** As in "31 cases passed, then stopped at its limit of time in adam_test.cpp:every_product". */
  String summary() {
    List<String> failed = named("failed");
    StringBuilder text = new StringBuilder(passed() + " cases passed");
    if (!failed.isEmpty()) {
      text.append(", ")
          .append(failed.size())
          .append(" failed, the first is ")
          .append(failed.get(0));
    } else if (!ending.well()) {
      text.append(", then ").append(ending.text());
      named("running").stream().findFirst().ifPresent(name -> text.append(" in ").append(name));
    }
    return text.toString();
  }

  Map<String, ?> figures() {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("passed", passed());
    figures.put("failed", cases.stream().filter(which -> which.status().equals("failed")).toList());
    figures.put("not_ended", named("running"));
    figures.put("ended", ending.text());
    return figures;
  }
}
