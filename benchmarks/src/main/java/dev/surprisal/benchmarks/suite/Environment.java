package dev.surprisal.benchmarks.suite;

import dev.surprisal.benchmarks.measure.Processor;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The machine and the versions that the suite ran with. */
final class Environment {
  private Environment() {}

  /** As JSON takes it; the libraries are null on the CPU. */
  static Map<String, ?> of(Setting setting, DeviceCheck check, CudaLibraries libraries) {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    environment.put("commit", setting.bundle().commit());
    environment.put("device", setting.device());
    environment.put("quick", setting.quick());
    environment.put("about_device", check.about());
    if (libraries != null) {
      environment.put(
          "libraries",
          libraries.found().entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey,
                      found -> found.getValue().toString(),
                      (first, second) -> first,
                      LinkedHashMap::new)));
      environment.put("libraries_not_found", libraries.missing());
    }
    environment.put(
        "java",
        System.getProperty("java.runtime.version") + ", " + System.getProperty("java.vendor"));
    environment.put(
        "system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    environment.put("processor", Processor.model());
    environment.put("processors", Runtime.getRuntime().availableProcessors());
    return environment;
  }
}
