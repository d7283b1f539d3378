package dev.surprisal.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** JSON documents in files: one object each, in UTF-8. */
public final class Json {
  private static final int MAX_BYTES = 100_000_000;

  /** A key may be a word of any text: its length is not limited, and it is not cached. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(MAX_BYTES)
                  .maxStringLength(MAX_BYTES)
                  .build())
          .build();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  /**
   * Reads a document.
   *
   * @param path the file
   * @return its object, keys in the file's order
   * @throws IOException if the file cannot be read, is longer than 100 MB, or is not one JSON
   *     object without duplicate keys; the message starts with the path
   */
  public static ObjectNode read(Path path) throws IOException {
    try {
      long bytes = Files.size(path);
      if (bytes > MAX_BYTES) {
        throw new IOException("expected at most " + MAX_BYTES + " bytes, found " + bytes);
      }
      return parse(path);
    } catch (JsonProcessingException e) {
      throw new IOException(path + ": not valid JSON" + place(e) + ": " + Messages.reason(e), e);
    } catch (IOException e) {
      throw new IOException(path + ": " + Messages.reason(e), e);
    }
  }

  /**
   * Writes a document, indented, and replaces the previous one.
   *
   * @param path the file
   * @param value a map, a record or a tree, which Jackson writes as an object
   * @throws IOException if it cannot be written; the previous file stays
   * @throws IllegalArgumentException if the value cannot be written as JSON, or is longer than 100
   *     MB
   */
  public static void write(Path path, Object value) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(encode(value));
    AtomicFile.write(
        path,
        channel -> {
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  private static ObjectNode parse(Path path) throws IOException {
    try (Reader reader = Files.newBufferedReader(path)) {
      JsonNode root = MAPPER.readTree(reader);
      if (root instanceof ObjectNode object) {
        return object;
      }
      throw new IOException("expected a JSON object, found " + kind(root));
    }
  }

  private static String kind(JsonNode root) {
    return root.isMissingNode()
        ? "an empty file"
        : root.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static byte[] encode(Object value) {
    try {
      byte[] bytes = MAPPER.writeValueAsBytes(value);
      if (bytes.length > MAX_BYTES) {
        throw new IllegalArgumentException(
            "expected a document of at most " + MAX_BYTES + " bytes, found " + bytes.length);
      }
      return bytes;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + Messages.reason(e), e);
    }
  }

  private static String place(JsonProcessingException e) {
    return e.getLocation() == null
        ? ""
        : " at line " + e.getLocation().getLineNr() + ", column " + e.getLocation().getColumnNr();
  }
}
