package dev.surprisal.benchmarks.suite;

import dev.surprisal.benchmarks.suite.Child.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Lists the devices with {@code surprisal doctor}. */
record DoctorStage(Setting setting, DeviceCheck check) implements Stage {
  @Override
  public String name() {
    return "doctor";
  }

  @Override
  public Outcome run(Duration limit) throws IOException, InterruptedException {
    Ending ending =
        setting.java(setting.log(name()), List.of(), "dev.surprisal.cli.Main", name()).run(limit);
    if (!ending.well()) {
      return Outcome.failed("surprisal doctor: " + ending.text());
    }
    String device =
        check.about().stream()
            .filter(line -> line.startsWith(setting.device() + ": "))
            .map(line -> line.substring(setting.device().length() + 2))
            .findFirst()
            .orElse(check.about().stream().collect(Collectors.joining(", ")));
    return Outcome.of(true, device, Map.of("about", check.about()));
  }
}
