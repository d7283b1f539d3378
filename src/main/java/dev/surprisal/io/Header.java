package dev.surprisal.io;

import dev.surprisal.device.Shape;
import java.util.Map;

/**
 * The content of a safetensors header. {@link HeaderReader} creates and checks it: the tensors
 * cover the data from its first byte to its last, without a gap or an overlap.
 *
 * @param tensors by name, in the header's order
 * @param metadata the strings under {@code __metadata__}
 * @param checksumAt the byte of the header where the value of {@link Checksum#KEY} starts, or −1
 */
record Header(Map<String, Entry> tensors, Map<String, String> metadata, int checksumAt) {
  static final String METADATA = "__metadata__";

  /** The longest header accepted. The largest models need less than a tenth of it. */
  static final int MAX_BYTES = 1 << 24;

  /** The bytes before the header: its length. */
  static final int PREFIX_BYTES = Long.BYTES;

  /**
   * One tensor.
   *
   * @param type the element type
   * @param shape the shape
   * @param begin its first byte, from the first one of the data
   * @param end the byte after its last
   */
  record Entry(ElementType type, Shape shape, long begin, long end) {
    long bytes() {
      return end - begin;
    }

    @Override
    public String toString() {
      return type + " " + Messages.shorten(shape.toString());
    }
  }
}
