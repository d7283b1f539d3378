package dev.surprisal.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** The size of a text after {@code gzip -9}. */
final class GzipSize {
  private GzipSize() {}

  /** Computes the size in bytes. */
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
