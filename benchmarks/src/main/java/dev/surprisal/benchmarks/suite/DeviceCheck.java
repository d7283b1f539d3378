package dev.surprisal.benchmarks.suite;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.benchmarks.suite.Child.Ending;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Checks in a separate process whether a device can be used, because a broken driver may hang.
 *
 * @param missing why it cannot; null if it can
 * @param about what its provider tells of the hardware and the libraries
 */
record DeviceCheck(
    @JsonProperty("missing") String missing, @JsonProperty("about") List<String> about) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Asks in a process of its own. */
  static DeviceCheck of(Setting setting, Duration limit) throws IOException, InterruptedException {
    Path answer = setting.work().resolve("device.json");
    Path log = setting.work().resolve("device.log");
    Ending ending =
        setting
            .java(log, List.of(), DeviceCheck.class.getName(), setting.device(), answer.toString())
            .run(limit);
    if (ending.well()) {
      return JSON.readValue(answer.toFile(), DeviceCheck.class);
    }
    String said = Files.readString(log).strip().lines().findFirst().map(": "::concat).orElse("");
    return new DeviceCheck(
        "asking for " + setting.device() + " did not end well, " + ending.text() + said, List.of());
  }

  /**
   * Asks in this process.
   *
   * @param args the device, and the file for the answer
   */
  public static void main(String[] args) throws IOException {
    JSON.writeValue(Path.of(args[1]).toFile(), ask(args[0]));
  }

  private static DeviceCheck ask(String name) {
    String kind = name.replaceFirst(":.*", "");
    DeviceProvider provider =
        Device.kinds().stream().filter(it -> it.kind().equals(kind)).findFirst().orElseThrow();
    String missing = provider.missing().orElse(null);
    if (missing == null) {
      try (Device device = Device.of(name, 0);
          Tensor tensor = device.allocate(DType.INT32, 1)) {
        tensor.write(7);
        missing = tensor.toInts()[0] == 7 ? null : "what is written to it is not what is read";
      } catch (RuntimeException failure) {
        missing = failure.getMessage();
      }
    }
    return new DeviceCheck(missing, provider.describe());
  }
}
