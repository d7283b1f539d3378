package dev.surprisal.text;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Objects;

/**
 * Tokens in a memory-mapped file of int32 in native byte order. One mapping holds less than 2 GiB,
 * so a file has one or more of them.
 */
final class MappedTokens implements Tokens {
  private final long size;
  private final int segmentBits;
  private IntBuffer[] segments;

  /**
   * Maps a file, which may be closed afterwards.
   *
   * @param segmentBits a segment has 2^segmentBits tokens
   */
  MappedTokens(FileChannel file, int segmentBits) throws IOException {
    this.size = file.size() / Integer.BYTES;
    this.segmentBits = segmentBits;
    long segmentSize = 1L << segmentBits;
    segments = new IntBuffer[Math.toIntExact((size + segmentSize - 1) >> segmentBits)];
    for (int i = 0; i < segments.length; i++) {
      long start = (long) i << segmentBits;
      long length = Math.min(segmentSize, size - start);
      segments[i] =
          file.map(MapMode.READ_ONLY, start * Integer.BYTES, length * Integer.BYTES)
              .order(ByteOrder.nativeOrder())
              .asIntBuffer();
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long from, int[] into, int offset, int count) {
    IntBuffer[] open = segments;
    if (open == null) {
      throw new IllegalStateException("these tokens are closed: keep their corpus open");
    }
    Objects.checkFromIndexSize(from, count, size);
    Objects.checkFromIndexSize(offset, count, into.length);
    int done = 0;
    while (done < count) {
      long at = from + done;
      IntBuffer segment = open[(int) (at >> segmentBits)];
      int index = (int) (at & (1L << segmentBits) - 1);
      int length = Math.min(count - done, segment.limit() - index);
      segment.get(index, into, offset + done, length);
      done += length;
    }
  }

  @Override
  public void close() {
    // Java unmaps a buffer, and so frees the disk space, when it collects it as garbage.
    segments = null;
  }
}
