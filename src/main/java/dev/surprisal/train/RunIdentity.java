package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Cell;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Tokens;
import dev.surprisal.text.Vocabulary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What must stay the same when a run resumes: model, options and texts.
 *
 * @param values by their names in a checkpoint
 */
record RunIdentity(Map<String, String> values) {
  private static final String CELL = "cell";
  private static final String LAYERS = "number of layers";
  private static final String DROPOUT = "dropout";
  private static final Map<String, String> DEFAULTS = defaults();

  private static Map<String, String> defaults() {
    Map<String, String> defaults =
        new LinkedHashMap<>(TrainingOptions.builder().build().identity());
    defaults.put(CELL, Cell.TANH.spelling());
    defaults.put(LAYERS, "1");
    defaults.put(DROPOUT, "0.0");
    return defaults;
  }

  static RunIdentity of(LanguageModel model, Corpus corpus, TrainingOptions options) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("embedding size", Integer.toString(model.config().embed()));
    values.put("hidden size", Integer.toString(model.config().hidden()));
    values.put(CELL, model.config().recurrent().cell().spelling());
    values.put(LAYERS, Integer.toString(model.config().recurrent().layers()));
    values.put(DROPOUT, Float.toString(model.config().recurrent().dropout()));
    values.put("last layer", model.config().head().toString());
    values.putAll(options.identity());
    values.put("vocabulary", fingerprint(corpus.vocabulary()));
    values.put("training text", fingerprint(corpus.train()));
    values.put("validation text", fingerprint(corpus.valid()));
    return new RunIdentity(values);
  }

  /**
   * Compares with what a checkpoint stores. An option that it lacks, because the option is newer
   * than the checkpoint, had its default.
   *
   * @param stored the checkpoint's metadata
   * @return the first difference, as in {@code batch (4, now 5)}; empty if it is the same run
   */
  Optional<String> difference(Map<String, String> stored) {
    for (Map.Entry<String, String> value : values.entrySet()) {
      String name = value.getKey();
      String before = stored.getOrDefault(name, DEFAULTS.get(name));
      if (!value.getValue().equals(before)) {
        return Optional.of(name + " (" + before + ", now " + value.getValue() + ")");
      }
    }
    return Optional.empty();
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
