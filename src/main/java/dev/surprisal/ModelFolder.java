package dev.surprisal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.io.Json;
import dev.surprisal.io.SafeTensors;
import dev.surprisal.io.SafeTensorsFile;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.ParameterSpec;
import dev.surprisal.nn.Parameters;
import dev.surprisal.text.Tokenizers;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A model as three files: config.json (sizes), vocab.json (token to id) and model.safetensors (the
 * parameters by PyTorch's names, with a checksum of the vocabulary that they were trained with).
 */
final class ModelFolder {
  private static final String CONFIG = "config.json";
  private static final String VOCABULARY = "vocab.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String VOCABULARY_CHECKSUM = "vocabulary_crc32c";
  private static final int FORMAT = 1;

  private static final int COMPARED_BYTES = 1 << 20;

  private ModelFolder() {}

  static void save(LanguageModel model, Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("format", FORMAT);
    config.put("level", model.vocabulary().tokenizer().name());
    config.put("embed", model.config().embed());
    config.putAll(RecurrentFields.of(model.config().recurrent()));
    config.putAll(HeadFields.of(model.config().head()));
    Json.write(folder.resolve(CONFIG), config);
    Json.write(folder.resolve(VOCABULARY), model.vocabulary().toMap());
    Parameters parameters = model.network().parameters();
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.names().forEach(name -> tensors.put(name, parameters.value(name)));
    if (model.config().head() instanceof HeadConfig.Tied) {
      // PyTorch's state of a tied module has both names.
      tensors.put(Network.SECOND_NAME, parameters.value(Network.SHARED_WEIGHT));
    }
    SafeTensors.write(
        folder.resolve(WEIGHTS),
        tensors,
        Map.of(VOCABULARY_CHECKSUM, checksum(model.vocabulary())));
  }

  static LanguageModel load(Path folder, Device device) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder + " is not a folder: expected the output folder of a training run");
    }
    Path configPath = folder.resolve(CONFIG);
    JsonNode config = Json.read(configPath);
    if (integer(config, "format", configPath) != FORMAT) {
      throw new IOException(
          configPath
              + ": expected format "
              + FORMAT
              + ", found "
              + config.get("format")
              + ": the model was saved by another version");
    }
    Vocabulary vocabulary;
    ModelConfig sizes;
    List<ParameterSpec> parameters;
    try {
      JsonNode level = config.get("level");
      vocabulary =
          Vocabulary.fromMap(
              Tokenizers.of(level == null ? "" : level.asText()), ids(folder.resolve(VOCABULARY)));
      sizes =
          new ModelConfig(
              integer(config, "embed", configPath),
              RecurrentFields.read(config),
              HeadFields.read(config));
      parameters =
          Network.parameters(vocabulary.size(), sizes.embed(), sizes.recurrent(), sizes.head());
    } catch (IllegalArgumentException damaged) {
      throw new IOException(folder + " holds no valid model: " + damaged.getMessage(), damaged);
    }
    Path weights = folder.resolve(WEIGHTS);
    try (SafeTensorsFile file = SafeTensorsFile.open(weights)) {
      checkWeights(file, weights, vocabulary, parameters);
      Network network =
          new Network(device, vocabulary.size(), sizes.embed(), sizes.recurrent(), sizes.head());
      try {
        for (ParameterSpec parameter : parameters) {
          file.read(parameter.name(), network.parameters().value(parameter.name()));
        }
        if (sizes.head() instanceof HeadConfig.Tied) {
          checkShared(file, weights, network.parameters().value(Network.SHARED_WEIGHT));
        }
        return new LanguageModel(vocabulary, sizes, network);
      } catch (IOException | RuntimeException failure) {
        network.close();
        throw failure;
      }
    }
  }

  /** Checks that the second name of a shared weight, if the file has it, holds the same values. */
  private static void checkShared(SafeTensorsFile file, Path path, Tensor shared)
      throws IOException {
    if (!file.names().contains(Network.SECOND_NAME)) {
      return;
    }
    try (Tensor second = shared.device().allocate(DType.FLOAT32, shared.shape().toArray())) {
      file.read(Network.SECOND_NAME, second);
      ByteBuffer one = ByteBuffer.allocateDirect(COMPARED_BYTES);
      ByteBuffer other = ByteBuffer.allocateDirect(COMPARED_BYTES);
      for (long at = 0; at < shared.bytes(); at += COMPARED_BYTES) {
        int count = (int) Math.min(COMPARED_BYTES, shared.bytes() - at);
        shared.read(at, one.clear().limit(count));
        second.read(at, other.clear().limit(count));
        if (!one.rewind().equals(other.rewind())) {
          throw new IOException(
              path
                  + ": "
                  + Network.SHARED_WEIGHT
                  + " and "
                  + Network.SECOND_NAME
                  + " differ, but config.json says that they are one");
        }
      }
    }
  }

  private static int integer(JsonNode config, String field, Path path) throws IOException {
    JsonNode value = config.get(field);
    if (value == null || !value.canConvertToInt() || !value.isIntegralNumber()) {
      throw new IOException(path + ": expected an integer \"" + field + "\", found " + value);
    }
    return value.intValue();
  }

  private static Map<String, Integer> ids(Path path) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : Json.read(path).properties()) {
      if (!entry.getValue().isInt()) {
        throw new IOException(path + ": expected an id for each token, found " + entry.getValue());
      }
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
    return ids;
  }

  /** Refuses weights that do not fit, before memory is allocated for them. */
  private static void checkWeights(
      SafeTensorsFile file, Path path, Vocabulary vocabulary, List<ParameterSpec> parameters)
      throws IOException {
    String checksum = file.metadata().get(VOCABULARY_CHECKSUM);
    if (checksum != null && !checksum.equals(checksum(vocabulary))) {
      throw new IOException(
          path
              + " was trained with another vocabulary than "
              + path.resolveSibling(VOCABULARY)
              + " holds: restore the file that belongs to it");
    }
    for (ParameterSpec expected : parameters) {
      String name = expected.name();
      if (!file.names().contains(name)) {
        throw new IOException(
            path + ": expected a tensor " + name + ", found " + List.copyOf(file.names()));
      }
      if (!file.shape(name).equals(expected.shape())) {
        throw new IOException(
            path
                + ": expected "
                + name
                + " of shape "
                + expected.shape()
                + " as config.json and vocab.json say, found "
                + file.shape(name));
      }
    }
  }

  private static String checksum(Vocabulary vocabulary) {
    CRC32C crc = new CRC32C();
    for (int id = 0; id < vocabulary.size(); id++) {
      crc.update(vocabulary.token(id).getBytes(StandardCharsets.UTF_8));
      crc.update(0xFF);
    }
    return String.format("%08x", crc.getValue());
  }
}
