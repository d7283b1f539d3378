package dev.surprisal.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.surprisal.device.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the header of an untrusted safetensors file and checks all of it. */
final class HeaderReader {
  /** Together with the limit on bytes, bounds the memory that a hostile header can take. */
  private static final int MAX_TOKENS = 1_000_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxTokenCount(MAX_TOKENS)
                  .maxNameLength(Header.MAX_BYTES)
                  .maxStringLength(Header.MAX_BYTES)
                  .build())
          .build();

  private final Path path;
  private final String json;
  private final JsonParser parser;
  private final Map<String, Header.Entry> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private int checksumAt = -1;

  private HeaderReader(Path path, String json, JsonParser parser) {
    this.path = path;
    this.json = json;
    this.parser = parser;
  }

  /**
   * Checks the length of a header before it is allocated.
   *
   * @param path its file, for messages
   * @param bytes its length
   * @throws SafeTensorsException if it is longer than {@link Header#MAX_BYTES}
   */
  static void checkLength(Path path, long bytes) throws SafeTensorsException {
    if (bytes > Header.MAX_BYTES) {
      throw new SafeTensorsException(
          path, "expected a header of at most " + Header.MAX_BYTES + " bytes, found " + bytes);
    }
  }

  /**
   * Reads a header.
   *
   * @param path its file, for messages
   * @param header its bytes
   * @param dataBytes the number of bytes after it in the file
   * @return its content
   * @throws SafeTensorsException if it violates the format
   */
  static Header read(Path path, byte[] header, long dataBytes) throws SafeTensorsException {
    if (header.length == 0 || header[0] != '{') {
      throw new SafeTensorsException(
          path, "not a safetensors file: its header does not start with {");
    }
    try {
      String json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(header)).toString();
      try (JsonParser parser = JSON.createParser(json)) {
        HeaderReader reader = new HeaderReader(path, json, parser);
        reader.root();
        reader.checkCoverage(dataBytes);
        return new Header(
            Collections.unmodifiableMap(reader.tensors),
            Collections.unmodifiableMap(reader.metadata),
            reader.checksumAt);
      }
    } catch (SafeTensorsException e) {
      throw e;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null ? "" : " at character " + e.getLocation().getCharOffset();
      throw new SafeTensorsException(
          path, "the header is not valid JSON" + place + ": " + Messages.reason(e));
    } catch (IOException e) {
      throw new SafeTensorsException(path, "the header is " + Messages.reason(e));
    }
  }

  private void root() throws IOException {
    expect(JsonToken.START_OBJECT, "the header");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (name.equals(Header.METADATA)) {
        metadata();
      } else {
        tensors.put(name, tensor("tensor " + Messages.quote(name)));
      }
    }
    if (parser.nextToken() != null) {
      throw bad("found more text after the closing } of the header");
    }
  }

  private void metadata() throws IOException {
    expect(JsonToken.START_OBJECT, Header.METADATA);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      expect(JsonToken.VALUE_STRING, "the metadata's " + Messages.quote(key));
      if (key.equals(Checksum.KEY)) {
        checksumAt = bytesBefore(parser.currentTokenLocation().getCharOffset()) + 1;
      }
      metadata.put(key, parser.getText());
    }
  }

  private Header.Entry tensor(String tensor) throws IOException {
    ElementType type = null;
    long[] shape = null;
    long[] offsets = null;
    expect(JsonToken.START_OBJECT, tensor);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      switch (key) {
        case "dtype" -> type = type(tensor);
        case "shape" -> shape = numbers(tensor + ", shape");
        case "data_offsets" -> offsets = numbers(tensor + ", data_offsets");
        default -> throw bad(tensor + " has the unknown key " + Messages.quote(key));
      }
    }
    if (type == null || shape == null || offsets == null) {
      throw bad(tensor + " has no dtype, shape or data_offsets: expected all three");
    }
    return entry(tensor, type, shape, offsets);
  }

  private Header.Entry entry(String tensor, ElementType type, long[] sizes, long[] offsets)
      throws SafeTensorsException {
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw bad(
          tensor
              + ": expected data_offsets of the first byte and the byte after the last, found "
              + Messages.shorten(Arrays.toString(offsets)));
    }
    long bytes;
    Shape shape;
    try {
      shape = Shape.of(sizes);
      bytes = Math.multiplyExact(shape.elements(), type.bytes());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw bad(
          tensor
              + ": expected a shape of sizes from 0, of fewer than 2^63 bytes in total, found "
              + Messages.shorten(Arrays.toString(sizes)));
    }
    Header.Entry entry = new Header.Entry(type, shape, offsets[0], offsets[1]);
    if (entry.bytes() != bytes) {
      throw bad(
          tensor + ", " + entry + ", needs " + bytes + " bytes, its data_offsets " + entry.bytes());
    }
    return entry;
  }

  private ElementType type(String tensor) throws IOException {
    expect(JsonToken.VALUE_STRING, tensor + ", dtype");
    String name = parser.getText();
    for (ElementType type : ElementType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    throw bad(
        tensor
            + " has the unknown dtype "
            + Messages.quote(name)
            + ", expected one of "
            + Arrays.toString(ElementType.values()));
  }

  private long[] numbers(String what) throws IOException {
    expect(JsonToken.START_ARRAY, what);
    long[] numbers = new long[4];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw bad(what + ": expected integers, found " + parser.currentToken());
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private void checkCoverage(long dataBytes) throws SafeTensorsException {
    List<Map.Entry<String, Header.Entry>> inFile = new ArrayList<>(tensors.entrySet());
    inFile.sort(
        Comparator.comparingLong((Map.Entry<String, Header.Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long end = 0;
    for (Map.Entry<String, Header.Entry> named : inFile) {
      Header.Entry tensor = named.getValue();
      if (tensor.begin() != end) {
        throw bad(
            "tensor "
                + Messages.quote(named.getKey())
                + " starts at byte "
                + tensor.begin()
                + " of the data, but the tensor before it ends at byte "
                + end);
      }
      end = tensor.end();
    }
    if (end != dataBytes) {
      throw bad(
          "the header describes "
              + end
              + " bytes of data, the file has "
              + dataBytes
              + (end > dataBytes ? ": it was truncated" : ""));
    }
  }

  private void expect(JsonToken expected, String what) throws IOException {
    JsonToken found = parser.nextToken();
    if (found != expected) {
      throw bad(what + ": expected " + expected + ", found " + found);
    }
  }

  private int bytesBefore(long character) {
    return json.substring(0, (int) character).getBytes(StandardCharsets.UTF_8).length;
  }

  private SafeTensorsException bad(String message) {
    return new SafeTensorsException(path, message);
  }
}
