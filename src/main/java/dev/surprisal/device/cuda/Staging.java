package dev.surprisal.device.cuda;

import dev.surprisal.device.cuda.CudaRuntime.Event;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.BytePointer;

/**
 * A ring of pinned host buffers between Java's memory and the GPU's. A write returns when its data
 * is in the buffers; the next user of a buffer waits until its copy has finished.
 */
final class Staging implements AutoCloseable {
  static final int SLOT = 1 << 20;
  private static final int SLOTS = 8;

  private final CudaRuntime runtime;
  private final Faults faults;
  private final BytePointer memory;
  private final Slot[] slots = new Slot[SLOTS];
  private int next;

  /** Moves a piece of an array; place and count are in bytes. */
  @FunctionalInterface
  interface Mover {
    void move(Slot slot, long done, int count);
  }

  /** One buffer. */
  static final class Slot {
    final ByteBuffer bytes;
    final FloatBuffer floats;
    final IntBuffer ints;
    private final BytePointer memory;
    private final Event event;

    Slot(BytePointer memory, Event event) {
      this.memory = memory;
      this.event = event;
      bytes = memory.capacity(SLOT).asByteBuffer().order(ByteOrder.nativeOrder());
      floats = bytes.asFloatBuffer();
      ints = bytes.asIntBuffer();
    }
  }

  Staging(CudaRuntime runtime, Faults faults) {
    this.runtime = runtime;
    this.faults = faults;
    memory = runtime.allocateHost((long) SLOTS * SLOT);
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = new Slot(memory.getPointer((long) i * SLOT), runtime.event());
    }
  }

  /** Copies bytes to the device; {@code fill} has read all of its source at the return. */
  void write(long target, long bytes, Mover fill) {
    for (long done = 0; done < bytes; ) {
      Slot slot = slots[next];
      next = (next + 1) % SLOTS;
      slot.event.await();
      int count = (int) Math.min(bytes - done, SLOT);
      fill.move(slot, done, count);
      runtime.copyToDevice(target + done, slot.memory, count);
      slot.event.record();
      done += count;
    }
  }

  /** Copies bytes from the device, or throws a pending fault. */
  void read(long source, long bytes, Mover drain) {
    faults.request();
    long issued = 0;
    for (long done = 0; done < bytes; done += SLOT) {
      for (; issued < bytes && issued < done + (long) SLOTS * SLOT; issued += SLOT) {
        Slot slot = slots[(int) (issued / SLOT % SLOTS)];
        runtime.copyToHost(slot.memory, source + issued, Math.min(bytes - issued, SLOT));
        slot.event.record();
      }
      Slot slot = slots[(int) (done / SLOT % SLOTS)];
      slot.event.await();
      if (done == 0) {
        faults.check();
      }
      drain.move(slot, done, (int) Math.min(bytes - done, SLOT));
    }
    if (bytes == 0) {
      runtime.synchronize();
      faults.check();
    }
  }

  @Override
  public void close() {
    for (Slot slot : slots) {
      slot.event.close();
    }
    runtime.freeHost(memory);
  }
}
