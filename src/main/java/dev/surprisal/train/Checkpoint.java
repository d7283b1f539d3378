package dev.surprisal.train;

import dev.surprisal.device.Tensor;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.nn.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A run's {@code trainer.safetensors}, from which it resumes bit for bit: parameters, the state of
 * optimiser, network and loss, the progress, and the run's identity. A save replaces the whole
 * file.
 */
final class Checkpoint {
  private static final String FILE = "trainer.safetensors";

  private final Path file;
  private final RunIdentity identity;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * A checkpoint of live tensors, which a save reads and a restore writes.
   *
   * @param state what the next step starts from besides the parameters, by name
   */
  Checkpoint(Path folder, RunIdentity identity, Parameters parameters, Map<String, Tensor> state) {
    file = folder.resolve(FILE);
    this.identity = identity;
    for (String name : parameters.names()) {
      tensors.put("parameter." + name, parameters.value(name));
    }
    tensors.putAll(state);
  }

  static boolean exists(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  void save(Progress progress) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(progress.toMetadata());
    metadata.putAll(identity.values());
    SafeTensors.write(file, tensors, metadata);
  }

  Progress restore(long stepsPerEpoch) throws IOException {
    try (SafeTensorsFile saved = SafeTensorsFile.open(file)) {
      Optional<String> difference = identity.difference(saved.metadata());
      if (difference.isPresent()) {
        throw new IOException(
            file
                + " was saved by a run with another "
                + difference.get()
                + ": resume with the same options and texts, or train into another folder");
      }
      Progress progress = Progress.fromMetadata(saved.metadata(), stepsPerEpoch);
      for (Map.Entry<String, Tensor> tensor : tensors.entrySet()) {
        saved.read(tensor.getKey(), tensor.getValue());
      }
      return progress;
    } catch (IllegalArgumentException damaged) {
      throw new IOException(file + " is no checkpoint: " + damaged.getMessage(), damaged);
    }
  }
}
