package dev.surprisal.device.cuda;

import dev.surprisal.device.DeviceException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * CUDA's runtime on host memory. It is as late as CUDA may be: a copy or a zeroing is carried out
 * when somebody waits for it or when a kernel is about to run, so that a buffer that is used again
 * too early, or read too early, holds the wrong values. New memory holds anything but zeros.
 */
final class EmulatedRuntime implements CudaRuntime {
  private static final int ALIGNMENT = 256;
  private static final int ANYTHING = 0xA5;

  private final long limit;
  private final Map<Long, Pointer> blocks = new HashMap<>();
  private final Map<Long, Long> sizes = new HashMap<>();
  private final Queue<Order> issued = new ArrayDeque<>();
  private final Queue<Order> idle = new ArrayDeque<>();
  private long issuedCount;
  private long doneCount;
  private int hostBlocks;
  private int openHandles;
  private long used;
  private int captures;
  private boolean refusesCapture;

  /** With so many bytes of memory, or as many as the host has. */
  EmulatedRuntime(long limit) {
    this.limit = Math.min(limit, Pointer.totalPhysicalBytes());
  }

  /** Lets every capture fail from now on. */
  void refuseCapture() {
    refusesCapture = true;
  }

  /** How often work was captured, or should have been. */
  int captures() {
    return captures;
  }

  /** What was allocated and not freed, events and graphs included. */
  int unfreed() {
    return blocks.size() + hostBlocks + openHandles;
  }

  /** A copy, a zeroing or a mark, for later; used again, as CUDA allocates none on Java's heap. */
  private static final class Order {
    private final Address target = new Address();
    private final Address source = new Address();
    private long bytes;
    private Mark mark;

    void carryOut() {
      if (mark != null) {
        mark.nanoseconds = System.nanoTime();
      } else if (source.isNull()) {
        Pointer.memset(target, 0, bytes);
      } else {
        Pointer.memmove(target, source, bytes);
      }
    }
  }

  private void issue(long target, long source, long bytes, Mark mark) {
    Order order = idle.isEmpty() ? new Order() : idle.remove();
    order.target.at(target);
    order.source.at(source);
    order.bytes = bytes;
    order.mark = mark;
    issued.add(order);
    issuedCount++;
  }

  private void carryOut(long upTo) {
    for (; doneCount < upTo; doneCount++) {
      Order order = issued.remove();
      order.carryOut();
      idle.add(order);
    }
  }

  private static Pointer at(long address) {
    return new Address().at(address);
  }

  @Override
  public String gpu() {
    return "host";
  }

  @Override
  public long stream() {
    synchronize();
    return 0;
  }

  @Override
  public long allocate(long bytes) {
    if (bytes > limit - used) {
      return 0;
    }
    Pointer block = Pointer.malloc(bytes + ALIGNMENT);
    if (block == null || block.isNull()) {
      return 0;
    }
    long address = (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Pointer.memset(at(address), ANYTHING, bytes);
    blocks.put(address, block);
    sizes.put(address, bytes);
    used += bytes;
    return address;
  }

  @Override
  public void free(long address) {
    synchronize();
    used -= sizes.remove(address);
    Pointer.free(blocks.remove(address));
  }

  @Override
  public BytePointer allocateHost(long bytes) {
    hostBlocks++;
    BytePointer memory = new BytePointer(Pointer.malloc(bytes));
    Pointer.memset(memory, ANYTHING, bytes);
    return memory.capacity(bytes).limit(bytes);
  }

  @Override
  public void freeHost(BytePointer memory) {
    synchronize();
    hostBlocks--;
    Pointer.free(memory);
  }

  @Override
  public void copyToDevice(long target, BytePointer source, long bytes) {
    copy(target, source.address(), bytes);
  }

  @Override
  public void copyToHost(BytePointer target, long source, long bytes) {
    copy(target.address(), source, bytes);
  }

  @Override
  public void copy(long target, long source, long bytes) {
    issue(target, source, bytes, null);
  }

  @Override
  public void zero(long address, long bytes) {
    issue(address, 0, bytes, null);
  }

  @Override
  public void synchronize() {
    carryOut(issuedCount);
  }

  @Override
  public Event event() {
    openHandles++;
    return new Mark();
  }

  @Override
  public Graph capture(Runnable work) {
    captures++;
    if (refusesCapture) {
      throw new DeviceException("cudaStreamEndCapture: not today");
    }
    openHandles++;
    return new Graph() {
      @Override
      public void launch() {
        work.run();
      }

      @Override
      public void close() {
        openHandles--;
      }
    };
  }

  @Override
  public long freeBytes() {
    return limit - used;
  }

  @Override
  public long totalBytes() {
    return limit;
  }

  @Override
  public void close() {
    synchronize();
  }

  private final class Mark implements Event {
    private long place;
    private long nanoseconds;

    @Override
    public void record() {
      issue(0, 0, 0, this);
      place = issuedCount;
    }

    @Override
    public void await() {
      carryOut(place);
    }

    @Override
    public double millisecondsSince(Event start) {
      await();
      return (nanoseconds - ((Mark) start).nanoseconds) / 1e6;
    }

    @Override
    public void close() {
      openHandles--;
    }
  }
}
