package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.Device;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
  @Test
  void it_tells_of_java_the_machine_and_every_kind_of_device() {
    Cli.Result result = Cli.run("doctor");
    assertEquals(0, result.status(), result.err());
    assertTrue(result.out().contains(System.getProperty("java.runtime.version")), result.out());
    assertTrue(result.out().contains(System.getProperty("os.name")), result.out());
    Device.kinds()
        .forEach(
            kind -> {
              assertTrue(result.out().contains("device " + kind.kind() + ": "), result.out());
              kind.describe().forEach(line -> assertTrue(result.out().contains(line), line));
            });
    assertTrue(result.out().contains("device cpu: ready"), result.out());
  }
}
