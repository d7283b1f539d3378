package dev.surprisal.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A run's {@code metrics.jsonl}: one line with a JSON object for each epoch. */
final class MetricsLog {
  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private final List<EpochMetrics> epochs = new ArrayList<>();

  /**
   * Opens the log of a run after {@code lastEpoch} epochs, 0 for a new run. Removes later lines and
   * a line cut short by a crash: an interrupted run wrote them after its checkpoint, and the
   * resumed run repeats those epochs.
   */
  MetricsLog(Path file, long lastEpoch) throws IOException {
    this.file = file;
    if (!Files.exists(file)) {
      return;
    }
    byte[] bytes = Files.readAllBytes(file);
    int kept = 0;
    for (int end = lineEnd(bytes, 0); end > 0; end = lineEnd(bytes, kept)) {
      Optional<EpochMetrics> line = parse(bytes, kept, end);
      if (line.isEmpty() || line.get().epoch() > lastEpoch) {
        break;
      }
      epochs.add(line.get());
      kept = end;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(kept).force(true);
    }
  }

  /** The epochs so far. */
  List<EpochMetrics> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** Appends an epoch and forces it to disk. */
  void add(EpochMetrics metrics) throws IOException {
    ByteBuffer line =
        ByteBuffer.wrap(
            (JSON.writeValueAsString(json(metrics)) + '\n').getBytes(StandardCharsets.UTF_8));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
    epochs.add(metrics);
  }

  private static int lineEnd(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  private static ObjectNode json(EpochMetrics metrics) {
    return JSON.createObjectNode()
        .put("epoch", metrics.epoch())
        .put("step", metrics.step())
        .put("train_loss", finite(metrics.trainLoss()))
        .put("valid_loss", finite(metrics.validLoss()))
        .put("perplexity", finite(metrics.perplexity()))
        .put("tokens_per_second", finite(metrics.tokensPerSecond()))
        .put("seconds", finite(metrics.seconds()))
        .put("best", metrics.best());
  }

  // JSON has neither NaN nor infinity; null replaces both.
  private static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static Optional<EpochMetrics> parse(byte[] bytes, int from, int to) throws IOException {
    try {
      JsonNode line = JSON.readTree(bytes, from, to - from);
      return Optional.of(
          new EpochMetrics(
              line.required("epoch").asLong(),
              line.required("step").asLong(),
              line.required("train_loss").asDouble(Double.NaN),
              line.required("valid_loss").asDouble(Double.NaN),
              line.required("perplexity").asDouble(Double.NaN),
              line.required("tokens_per_second").asDouble(Double.NaN),
              line.required("seconds").asDouble(Double.NaN),
              line.required("best").asBoolean()));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
