package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Tensor;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.nn.Parameters;
import dev.surprisal.optim.Adam;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Tokens;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Everything that a run needs to go on bit for bit, in one file that is replaced as a whole:
 * parameters, Adam's moments and step, the carried state, the place in the data, and what tells
 * that data and options are the same.
 */
final class Checkpoint {
  private static final String FILE = "trainer.safetensors";
  private static final String LAYERS = "number of layers";

  /** Values of what earlier versions did not write. */
  private static final Map<String, String> UNWRITTEN = Map.of(LAYERS, "1");

  private final Path file;
  private final Map<String, String> identity = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  Checkpoint(Path folder, Parameters parameters, TrainingStep step) {
    Adam adam = step.adam();
    file = folder.resolve(FILE);
    for (String name : parameters.names()) {
      tensors.put("parameter." + name, parameters.value(name));
      tensors.put("exp_avg." + name, parameters.slice(adam.firstMoments(), name));
      tensors.put("exp_avg_sq." + name, parameters.slice(adam.secondMoments(), name));
    }
    tensors.put("adam_step", adam.stepCount());
    tensors.putAll(step.state().tensors());
    if (step.lossState() != null) {
      step.lossState().tensors().forEach((name, tensor) -> tensors.put("loss_" + name, tensor));
    }
  }

  static boolean exists(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /** Notes what must be the same when a run goes on. */
  void identify(LanguageModel model, Corpus corpus, TrainingOptions options) {
    identity.put("embedding size", Integer.toString(model.config().embed()));
    identity.put("hidden size", Integer.toString(model.config().hidden()));
    identity.put(LAYERS, Integer.toString(model.config().recurrent().layers()));
    identity.put("last layer", model.config().head().toString());
    identity.put("batch", Integer.toString(options.batch()));
    identity.put("window", Integer.toString(options.window()));
    identity.put("shuffled", Boolean.toString(options.shuffled()));
    identity.put("learning rate", Double.toString(options.learningRate()));
    identity.put("clipping norm", Double.toString(options.clip()));
    identity.put("loss", options.loss().toString());
    identity.put("seed", Long.toString(options.seed()));
    identity.put("vocabulary", fingerprint(corpus.vocabulary()));
    identity.put("training text", fingerprint(corpus.train()));
    identity.put("validation text", fingerprint(corpus.valid()));
  }

  void save(Progress progress) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(progress.toMetadata());
    metadata.putAll(identity);
    SafeTensors.write(file, tensors, metadata);
  }

  Progress restore(long stepsPerEpoch) throws IOException {
    try (SafeTensorsFile saved = SafeTensorsFile.open(file)) {
      for (Map.Entry<String, String> same : identity.entrySet()) {
        String before = saved.metadata().getOrDefault(same.getKey(), UNWRITTEN.get(same.getKey()));
        if (!same.getValue().equals(before)) {
          throw new IOException(
              file
                  + " was saved by a run with another "
                  + same.getKey()
                  + " ("
                  + before
                  + ", now "
                  + same.getValue()
                  + "): resume with the same options and texts, or train into another folder");
        }
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

  private static String fingerprint(Vocabulary vocabulary) {
    CRC32C crc = new CRC32C();
    crc.update(String.join("\n", vocabulary.toMap().keySet()).getBytes(StandardCharsets.UTF_8));
    return fingerprint(vocabulary.size(), crc);
  }

  private static String fingerprint(Tokens tokens) {
    CRC32C crc = new CRC32C();
    int[] ids = new int[1 << 14];
    ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length);
    for (long at = 0; at < tokens.size(); ) {
      int count = (int) Math.min(ids.length, tokens.size() - at);
      tokens.read(at, ids, 0, count);
      bytes.clear().asIntBuffer().put(ids, 0, count);
      crc.update(bytes.limit(4 * count));
      at += count;
    }
    return fingerprint(tokens.size(), crc);
  }

  private static String fingerprint(long tokens, CRC32C crc) {
    return String.format("%d tokens, crc32c %08x", tokens, crc.getValue());
  }
}
