package dev.surprisal.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a run leaves in its folder, but for times: equal if every bit is.
 *
 * @param model the files of the model kept
 * @param metrics lines of metrics.jsonl, without times
 * @param checkpointHeader of trainer.safetensors, without time and checksum
 * @param checkpointData its tensors
 */
record RunFiles(
    List<ByteBuffer> model,
    List<JsonNode> metrics,
    JsonNode checkpointHeader,
    ByteBuffer checkpointData) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static RunFiles of(Path folder) throws IOException {
    List<ByteBuffer> model = new ArrayList<>();
    for (String file : List.of("config.json", "vocab.json", "model.safetensors")) {
      model.add(ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))));
    }
    List<JsonNode> metrics = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("metrics.jsonl"))) {
      metrics.add(without(JSON.readTree(line), "tokens_per_second", "seconds"));
    }
    ByteBuffer checkpoint =
        ByteBuffer.wrap(Files.readAllBytes(folder.resolve("trainer.safetensors")));
    byte[] bytes = new byte[(int) checkpoint.order(ByteOrder.LITTLE_ENDIAN).getLong()];
    checkpoint.get(bytes);
    JsonNode header = JSON.readTree(bytes);
    without(header.get("__metadata__"), "seconds", "crc32c");
    return new RunFiles(model, metrics, header, checkpoint.slice());
  }

  private static JsonNode without(JsonNode object, String... keys) {
    return ((ObjectNode) object).remove(List.of(keys));
  }

  /** Every file in a folder, byte by byte. */
  static Map<String, ByteBuffer> bytes(Path folder) throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.toList()) {
        files.put(path.getFileName().toString(), ByteBuffer.wrap(Files.readAllBytes(path)));
      }
    }
    return files;
  }
}
