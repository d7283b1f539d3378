package dev.surprisal.cli;

import dev.surprisal.device.Device;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that choose the device. */
final class DeviceOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|cuda:N",
      defaultValue = "auto",
      description =
          "Device to compute on; auto is the first GPU, or the CPU (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads; 0 for one per processor (default: ${DEFAULT-VALUE}).")
  private int threads;

  /** Opens the device; the caller closes it. */
  Device open() {
    return Options.build(command, () -> Device.of(name, threads));
  }
}
