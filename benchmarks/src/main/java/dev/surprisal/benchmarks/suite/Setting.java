package dev.surprisal.benchmarks.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The settings that all stages share.
 *
 * @param bundle the bundle
 * @param device {@code cuda:0} or {@code cpu}
 * @param quick whether there is little time
 * @param tests a regular expression for the classes of tests; null for all
 * @param out the folder of the results
 * @param work a folder that is deleted in the end
 * @param environment with which a stage's processes find CUDA's libraries
 * @param properties with which those that run Java do
 */
record Setting(
    Bundle bundle,
    String device,
    boolean quick,
    String tests,
    Path out,
    Path work,
    Map<String, String> environment,
    List<String> properties) {
  boolean onGpu() {
    return !device.equals("cpu");
  }

  /** Where a stage's processes print to. */
  Path log(String stage) {
    return out.resolve(stage + ".log");
  }

  /** A process that runs a class of the bundle. */
  Child java(Path log, List<String> more, String mainClass, String... arguments) {
    List<String> all = Stream.concat(properties.stream(), more.stream()).toList();
    return new Child(bundle.java(work, all, mainClass, arguments), environment, log);
  }

  /** A process that runs another program. */
  Child program(Path log, List<String> command) {
    return new Child(command, environment, log);
  }
}
