package dev.surprisal.device.cuda;

import dev.surprisal.device.Readback;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.CudaRuntime.Event;
import org.bytedeco.javacpp.BytePointer;

/**
 * A ring of pinned slots. Each has room for a value and for the fault that prevented it, and an
 * event in the stream after the copies of both.
 */
final class CudaReadback implements Readback {
  private static final int SLOT = 8 + Faults.BYTES;

  private final CudaDevice device;
  private final Tensor scalar;
  private final BytePointer memory;
  private final BytePointer[] values = new BytePointer[DEPTH];
  private final BytePointer[] faults = new BytePointer[DEPTH];
  private final Event[] events = new Event[DEPTH];
  private final long[] taken = new long[DEPTH];
  private int first;
  private int pending;
  private boolean closed;

  CudaReadback(CudaDevice device, Tensor scalar) {
    this.device = device;
    this.scalar = scalar;
    memory = device.runtime().allocateHost((long) DEPTH * SLOT);
    for (int i = 0; i < DEPTH; i++) {
      values[i] = memory.getPointer((long) i * SLOT);
      faults[i] = memory.getPointer((long) i * SLOT + 8);
      events[i] = device.runtime().event();
    }
  }

  @Override
  public void request() {
    requireOpen();
    device.requireOutsideRecording("request a value");
    if (pending == DEPTH) {
      throw new IllegalStateException(
          DEPTH + " requested values were not taken yet: call take() first");
    }
    int slot = (first + pending) % DEPTH;
    device.runtime().copyToHost(values[slot], device.address(scalar), 4);
    device.faults().request(faults[slot]);
    events[slot].record();
    taken[slot] = device.faults().taken();
    pending++;
  }

  @Override
  public float take() {
    requireOpen();
    device.requireOutsideRecording("take a value");
    if (pending == 0) {
      throw new IllegalStateException("no value was requested: call request() first");
    }
    int slot = first;
    events[slot].await();
    first = (first + 1) % DEPTH;
    pending--;
    device.faults().check(faults[slot], taken[slot]);
    return values[slot].getFloat();
  }

  @Override
  public int pending() {
    return pending;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this readback was closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      pending = 0;
      device.closed(this);
      for (Event event : events) {
        event.await();
        event.close();
      }
      device.runtime().freeHost(memory);
    }
  }
}
