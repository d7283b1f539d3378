package dev.surprisal.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceProvider;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows devices and versions, and explains why a device cannot be used and how to fix it. */
@Command(
    name = "doctor",
    description = {
      "Shows the devices and versions on this machine.",
      "Explains why a GPU cannot be used and prints the command that fixes it."
    })
final class DoctorCommand implements Runnable {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  @Spec private CommandSpec command;

  @Override
  public void run() {
    PrintWriter out = command.commandLine().getOut();
    List.of(new Main.Version().getVersion()).forEach(out::println);
    out.println("java       " + property("java.runtime.version") + ", " + property("java.vendor"));
    out.println("system     " + property("os.name") + " " + property("os.version"));
    out.println("processor  " + processor());
    out.println("memory     " + memory());
    for (DeviceProvider kind : Device.kinds()) {
      Optional<String> missing = kind.missing();
      out.println();
      out.println(
          "device "
              + kind.kind()
              + ": "
              + missing.map(what -> "not usable: " + what).orElse("ready"));
      kind.describe().forEach(line -> out.println("  " + line));
    }
  }

  private static String property(String name) {
    return System.getProperty(name);
  }

  private static String processor() {
    String count = Runtime.getRuntime().availableProcessors() + " x " + property("os.arch");
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> count + ", " + line.substring(line.indexOf(':') + 1).strip())
          .orElse(count);
    } catch (IOException e) {
      return count;
    }
  }

  private static String memory() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return mebibytes(system.getTotalMemorySize())
        + ", of which Java's heap may take "
        + mebibytes(Runtime.getRuntime().maxMemory());
  }

  private static String mebibytes(long bytes) {
    return (bytes >> 20) + " MiB";
  }
}
