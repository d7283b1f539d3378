package dev.surprisal.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** How small {@code gzip -9} makes a text. */
final class GzipSize {
  private GzipSize() {}

  /** The size in bytes. */
  static long of(byte[] text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out =
        new GZIPOutputStream(packed) {
          {
            def.setLevel(Deflater.BEST_COMPRESSION);
          }
        }) {
      out.write(text);
    }
    return packed.size();
  }
}
