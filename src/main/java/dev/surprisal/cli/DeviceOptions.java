package dev.surprisal.cli;

import dev.surprisal.device.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where to compute. */
final class DeviceOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda:N",
      defaultValue = "auto",
      description =
          "Where to compute; auto takes a GPU if there is one (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads; 0 for one a processor (default: ${DEFAULT-VALUE}).")
  private int threads;

  /** Opens the device; the caller closes it. */
  Device open() {
    return Options.build(command, () -> Device.of(name, threads));
  }
}
