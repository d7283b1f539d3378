package dev.surprisal.device.cuda;

import dev.surprisal.device.Device;
import dev.surprisal.device.Storage;
import java.nio.ByteBuffer;

/** A block of the GPU's memory. */
final class CudaStorage implements Storage {
  private final CudaDevice device;
  private final long address;
  private final long bytes;
  private final String description;
  private boolean freed;

  /** Creates a block; messages name it by its description, as in "FLOAT32 [2, 3]". */
  CudaStorage(CudaDevice device, long address, long bytes, String description) {
    this.device = device;
    this.address = address;
    this.bytes = bytes;
    this.description = description;
  }

  long address() {
    return address;
  }

  boolean freed() {
    return freed;
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
    int start = source.position();
    int count = source.remaining();
    device
        .staging("write a tensor from the host")
        .write(
            address + offset,
            count,
            (slot, done, part) -> slot.bytes.put(0, source, start + (int) done, part));
    source.position(start + count);
  }

  @Override
  public void write(long offset, float[] source, int first, int count) {
    device
        .staging("write a tensor from the host")
        .write(
            address + offset,
            4L * count,
            (slot, done, part) -> slot.floats.put(0, source, first + (int) (done / 4), part / 4));
  }

  @Override
  public void write(long offset, int[] source, int first, int count) {
    device
        .staging("write a tensor from the host")
        .write(
            address + offset,
            4L * count,
            (slot, done, part) -> slot.ints.put(0, source, first + (int) (done / 4), part / 4));
  }

  @Override
  public void read(long offset, ByteBuffer target) {
    int start = target.position();
    int count = target.remaining();
    device
        .staging("read a tensor")
        .read(
            address + offset,
            count,
            (slot, done, part) -> target.put(start + (int) done, slot.bytes, 0, part));
    target.position(start + count);
  }

  @Override
  public void read(long offset, float[] target, int first, int count) {
    device
        .staging("read a tensor")
        .read(
            address + offset,
            4L * count,
            (slot, done, part) -> slot.floats.get(0, target, first + (int) (done / 4), part / 4));
  }

  @Override
  public void read(long offset, int[] target, int first, int count) {
    device
        .staging("read a tensor")
        .read(
            address + offset,
            4L * count,
            (slot, done, part) -> slot.ints.get(0, target, first + (int) (done / 4), part / 4));
  }

  @Override
  public void copy(long offset, Storage source, long sourceOffset, long count) {
    CudaStorage from = (CudaStorage) source;
    if (count > 0) {
      device.runtime().copy(device.use(this) + offset, device.use(from) + sourceOffset, count);
    }
  }

  @Override
  public void zero(long offset, long count) {
    if (count > 0) {
      device.runtime().zero(device.use(this) + offset, count);
    }
  }

  @Override
  public void free() {
    device.requireOutsideRecording("close a tensor");
    freed = true;
    device.freed(this);
  }

  @Override
  public String toString() {
    return description;
  }
}
