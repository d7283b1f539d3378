package dev.surprisal.io;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Creates the header of a safetensors file. */
final class HeaderWriter {
  private static final int ALIGNMENT = 8;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private record Info(
      String dtype, long[] shape, @JsonProperty("data_offsets") long[] dataOffsets) {}

  private HeaderWriter() {}

  /**
   * Creates a header.
   *
   * @param tensors in the order of their data
   * @param metadata the caller's; the keys of {@link SafeTensors} are added, with a checksum of
   *     zeros
   * @return the header's bytes, padded so that the data starts at a multiple of 8
   * @throws IllegalArgumentException if a name or key is reserved, or a text has an unpaired
   *     surrogate
   */
  static byte[] write(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put(Header.METADATA, complete(metadata));
    long end = 0;
    for (Map.Entry<String, Tensor> named : tensors) {
      Tensor tensor = named.getValue();
      long begin = end;
      end += tensor.bytes();
      Info info =
          new Info(
              ElementType.of(tensor.type()).name(),
              tensor.shape().toArray(),
              new long[] {begin, end});
      if (header.put(named.getKey(), info) != null) {
        throw new IllegalArgumentException("a tensor cannot have the name " + Header.METADATA);
      }
    }
    return pad(encode(header));
  }

  private static Map<String, String> complete(Map<String, String> metadata) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("format", "pt");
    all.put(SafeTensors.VERSION_KEY, SafeTensors.VERSION);
    all.put(Checksum.KEY, Checksum.ZEROS);
    metadata.forEach(
        (key, value) -> {
          if (all.put(key, value) != null) {
            throw new IllegalArgumentException(
                "the metadata key " + key + " is reserved: choose another one");
          }
        });
    return all;
  }

  private static ByteBuffer encode(Map<String, Object> header) {
    try {
      String json = MAPPER.writeValueAsString(header);
      // Not getBytes, which replaces an unpaired surrogate by a question mark.
      return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(json));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "a tensor's name or the metadata is not valid Unicode: " + Messages.reason(e), e);
    }
  }

  private static byte[] pad(ByteBuffer json) {
    int length = json.remaining();
    byte[] padded = new byte[(length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT];
    json.get(padded, 0, length);
    Arrays.fill(padded, length, padded.length, (byte) ' ');
    return padded;
  }
}
