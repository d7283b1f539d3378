package dev.surprisal.cli;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Device;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A trained model, and where to compute with it. */
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

  /** Loads the model, for as long as it is used. */
  void use(Use use) throws IOException {
    try (Device opened = device.open();
        LanguageModel model = LanguageModel.load(folder, opened)) {
      use.with(model);
    }
  }

  /** What a command does with its model. */
  @FunctionalInterface
  interface Use {
    void with(LanguageModel model) throws IOException;
  }
}
