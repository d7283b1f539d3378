package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that choose a trained model and its device. */
final class ModelFolder {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Folder of a trained model: the --out of train.")
  private Path folder;

  @Mixin private DeviceOptions device;

  Path folder() {
    return folder;
  }

  /** Loads the model, uses it and closes it. */
  void use(Use use) throws IOException {
    try (Device opened = device.open();
        LanguageModel model = LanguageModel.load(folder, opened)) {
      use.with(model);
    }
  }

  /** The work of a command with its model. */
  @FunctionalInterface
  interface Use {
    void with(LanguageModel model) throws IOException;
  }
}
