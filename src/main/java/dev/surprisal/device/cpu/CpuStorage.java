package dev.surprisal.device.cpu;

import dev.surprisal.device.Device;
import dev.surprisal.device.Storage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.Pointer;

/** A block of memory outside the Java heap, accessed through buffers of at most 1 GiB each. */
final class CpuStorage implements Storage {
  static final int ALIGNMENT = 64;
  private static final int SEGMENT_SHIFT = 30;
  private static final long SEGMENT = 1L << SEGMENT_SHIFT;

  private final CpuDevice device;
  private final long bytes;
  private final Pointer block;
  private final long address;
  private final ByteBuffer[] segments;
  private final FloatBuffer[] floats;
  private final IntBuffer[] ints;
  private final ShortBuffer[] shorts;
  private final NativeBytes target = new NativeBytes();
  private final NativeBytes origin = new NativeBytes();

  private CpuStorage(CpuDevice device, long bytes, Pointer block) {
    this.device = device;
    this.bytes = bytes;
    this.block = block;
    this.address = (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    int count = (int) ((bytes + SEGMENT - 1) / SEGMENT);
    segments = new ByteBuffer[count];
    floats = new FloatBuffer[count];
    ints = new IntBuffer[count];
    shorts = new ShortBuffer[count];
    for (int i = 0; i < count; i++) {
      long start = i * SEGMENT;
      segments[i] =
          new NativeBytes().at(address + start, Math.min(SEGMENT, bytes - start)).asByteBuffer();
      segments[i].order(ByteOrder.nativeOrder());
      floats[i] = segments[i].asFloatBuffer();
      ints[i] = segments[i].asIntBuffer();
      shorts[i] = segments[i].asShortBuffer();
    }
  }

  /** Allocates a block of zeros; returns null if the system has too little memory. */
  static CpuStorage allocate(CpuDevice device, long bytes) {
    if (bytes > Pointer.totalPhysicalBytes()) {
      return null;
    }
    Pointer block = Pointer.calloc(bytes + ALIGNMENT, 1);
    return block == null || block.isNull() ? null : new CpuStorage(device, bytes, block);
  }

  long address() {
    return address;
  }

  @Override
  public Device device() {
    return device;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    for (long at = offset; source.hasRemaining(); ) {
      int from = (int) (at % SEGMENT);
      int count = (int) Math.min(source.remaining(), SEGMENT - from);
      segments[(int) (at / SEGMENT)].put(from, source, source.position(), count);
      source.position(source.position() + count);
      at += count;
    }
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    for (long at = offset; target.hasRemaining(); ) {
      int from = (int) (at % SEGMENT);
      int count = (int) Math.min(target.remaining(), SEGMENT - from);
      target.put(target.position(), segments[(int) (at / SEGMENT)], from, count);
      target.position(target.position() + count);
      at += count;
    }
  }

  @Override
  public void write(long offset, float[] source, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 4 + done;
      int from = (int) (index & SEGMENT / 4 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 4 - from);
      floats[(int) (index >>> SEGMENT_SHIFT - 2)].put(from, source, first + done, part);
      done += part;
    }
  }

  @Override
  public void read(long offset, float[] target, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 4 + done;
      int from = (int) (index & SEGMENT / 4 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 4 - from);
      floats[(int) (index >>> SEGMENT_SHIFT - 2)].get(from, target, first + done, part);
      done += part;
    }
  }

  @Override
  public void write(long offset, int[] source, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 4 + done;
      int from = (int) (index & SEGMENT / 4 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 4 - from);
      ints[(int) (index >>> SEGMENT_SHIFT - 2)].put(from, source, first + done, part);
      done += part;
    }
  }

  @Override
  public void read(long offset, int[] target, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 4 + done;
      int from = (int) (index & SEGMENT / 4 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 4 - from);
      ints[(int) (index >>> SEGMENT_SHIFT - 2)].get(from, target, first + done, part);
      done += part;
    }
  }

  /** Copies elements of 2 bytes. */
  void write(long offset, short[] source, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 2 + done;
      int from = (int) (index & SEGMENT / 2 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 2 - from);
      shorts[(int) (index >>> SEGMENT_SHIFT - 1)].put(from, source, first + done, part);
      done += part;
    }
  }

  /** Copies elements of 2 bytes. */
  void read(long offset, short[] target, int first, int count) {
    int done = 0;
    while (done < count) {
      long index = offset / 2 + done;
      int from = (int) (index & SEGMENT / 2 - 1);
      int part = (int) Math.min(count - done, SEGMENT / 2 - from);
      shorts[(int) (index >>> SEGMENT_SHIFT - 1)].get(from, target, first + done, part);
      done += part;
    }
  }

  @Override
  public void copy(long offset, Storage source, long sourceOffset, long count) {
    CpuStorage other = (CpuStorage) source;
    Pointer.memmove(
        target.at(address + offset, count), origin.at(other.address + sourceOffset, count), count);
  }

  @Override
  public void zero(long offset, long count) {
    Pointer.memset(target.at(address + offset, count), 0, count);
  }

  @Override
  public void free() {
    Pointer.free(block);
    device.freed(bytes);
  }
}
