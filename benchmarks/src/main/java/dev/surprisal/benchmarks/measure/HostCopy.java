package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Copies with all processors at once. A tensor is copied by one thread, which does not fill the
 * memory's bandwidth: each processor has a device of its own here.
 */
final class HostCopy implements AutoCloseable {
  private static final long FEWEST_BYTES = 512L << 20;

  private final List<Part> parts = new ArrayList<>();
  private final ExecutorService threads;

  private record Part(Device device, Tensor source, Tensor target) implements Callable<Void> {
    static Part of(long elements) {
      Device device = Device.cpu(1);
      Tensor source = device.allocate(DType.FLOAT32, elements);
      device.kernels().uniform(-1, 1, 1, 0, source);
      return new Part(device, source, device.allocate(DType.FLOAT32, elements));
    }

    @Override
    public Void call() {
      target.copyFrom(source);
      return null;
    }

    void close() {
      source.close();
      target.close();
      device.close();
    }
  }

  private HostCopy(int processors) {
    long bytes = Math.max(FEWEST_BYTES, 2 * Rotation.of("cpu").cacheBytes());
    threads = Executors.newFixedThreadPool(processors);
    for (int i = 0; i < processors; i++) {
      parts.add(Part.of(bytes / 4 / processors));
    }
  }

  static double bytesPerSecond(Effort effort) {
    try (HostCopy copy = new HostCopy(Runtime.getRuntime().availableProcessors())) {
      Answer.Turn turn = Meter.ofCalls(effort).time(i -> copy.run());
      return copy.bytes() / (turn.lower() * 1e-6);
    }
  }

  private void run() {
    try {
      for (Future<Void> part : threads.invokeAll(parts)) {
        part.get();
      }
    } catch (ExecutionException failure) {
      throw new IllegalStateException("a copy failed", failure.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("a copy was interrupted", stopped);
    }
  }

  /** Read and written. */
  private double bytes() {
    return 2.0 * parts.stream().mapToLong(part -> part.source.bytes()).sum();
  }

  @Override
  public void close() {
    threads.shutdown();
    parts.forEach(Part::close);
  }
}
