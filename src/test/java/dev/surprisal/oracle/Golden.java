package dev.surprisal.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file of src/test/golden, read by code that shares nothing with the library's own reader. It
 * trusts the file.
 */
public final class Golden {
  private final JsonNode header;
  private final ByteBuffer data;

  private Golden(JsonNode header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  /**
   * Reads a golden file.
   *
   * @param name its name, as {@code reference.safetensors}
   * @return the file
   * @throws UncheckedIOException if it cannot be read
   */
  public static Golden read(String name) {
    try {
      ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path(name)));
      byte[] header = new byte[Math.toIntExact(file.order(ByteOrder.LITTLE_ENDIAN).getLong())];
      file.get(header);
      return new Golden(
          json(new String(header, StandardCharsets.UTF_8)),
          file.slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where a golden file lies.
   *
   * @param name its name
   * @return its path
   */
  public static Path path(String name) {
    return Path.of(System.getProperty("basedir", ""), "src", "test", "golden", name);
  }

  /**
   * What the file says of itself, in the order of the keys.
   *
   * @return its metadata
   */
  public Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : header.get("__metadata__").properties()) {
      metadata.put(field.getKey(), field.getValue().asText());
    }
    return metadata;
  }

  /**
   * The cases of a file of many: its metadata under the keys case.NAME, which are JSON objects.
   *
   * @return the objects by NAME, in order
   */
  public Map<String, JsonNode> cases() {
    Map<String, JsonNode> cases = new TreeMap<>();
    metadata()
        .forEach(
            (key, value) -> {
              if (key.startsWith("case.")) {
                cases.put(key.substring("case.".length()), json(value));
              }
            });
    return cases;
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The shape of a tensor.
   *
   * @param tensor its name
   * @return its sizes, none for a scalar
   */
  public int[] shape(String tensor) {
    return new ObjectMapper().convertValue(entry(tensor).get("shape"), int[].class);
  }

  /**
   * The values of a tensor of F16, BF16, F32 or F64, exactly.
   *
   * @param tensor its name
   * @return its values, row-major
   */
  public double[] doubles(String tensor) {
    ByteBuffer bytes = bytes(tensor);
    String type = entry(tensor).get("dtype").asText();
    double[] values = new double[size(tensor)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "F64" -> bytes.getDouble();
            case "F32" -> bytes.getFloat();
            case "BF16" -> Float.intBitsToFloat(bytes.getShort() << 16);
            case "F16" -> half(bytes.getShort());
            default -> throw new IllegalArgumentException(tensor + " is of type " + type);
          };
    }
    return values;
  }

  /**
   * The values of a tensor of I32 or I64.
   *
   * @param tensor its name
   * @return its values, row-major
   */
  public long[] longs(String tensor) {
    ByteBuffer bytes = bytes(tensor);
    String type = entry(tensor).get("dtype").asText();
    long[] values = new long[size(tensor)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "I64" -> bytes.getLong();
            case "I32" -> bytes.getInt();
            default -> throw new IllegalArgumentException(tensor + " is of type " + type);
          };
    }
    return values;
  }

  /**
   * The values of a tensor of tokens.
   *
   * @param tensor its name
   * @return its values, row-major
   * @throws ArithmeticException if one is no int
   */
  public int[] ints(String tensor) {
    long[] values = longs(tensor);
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(values[i]);
    }
    return ints;
  }

  private JsonNode entry(String tensor) {
    JsonNode entry = header.get(tensor);
    if (entry == null) {
      throw new IllegalArgumentException("no tensor " + tensor);
    }
    return entry;
  }

  private ByteBuffer bytes(String tensor) {
    JsonNode offsets = entry(tensor).get("data_offsets");
    int begin = offsets.get(0).asInt();
    return data.slice(begin, offsets.get(1).asInt() - begin).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int size(String tensor) {
    int size = 1;
    for (int length : shape(tensor)) {
      size *= length;
    }
    return size;
  }

  private static double half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    double magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((double) fraction, -24);
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> Math.scalb((double) (1024 + fraction), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
