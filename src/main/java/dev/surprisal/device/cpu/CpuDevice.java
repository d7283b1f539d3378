package dev.surprisal.device.cpu;

import dev.surprisal.device.CheckedKernels;
import dev.surprisal.device.CheckedProbe;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.MatmulPrecision;
import dev.surprisal.device.MemoryUse;
import dev.surprisal.device.Probe;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Shape;
import dev.surprisal.device.Stopwatch;
import dev.surprisal.device.Tensor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Objects;

/** The CPU. Every operation has finished when its call returns. */
final class CpuDevice implements Device {
  private static final Logger LOG = System.getLogger(CpuDevice.class.getPackageName());
  private static final int MOST_THREADS = 1024;

  private final Workers workers;
  private final CpuKernels kernels;
  private final Kernels checkedKernels;
  private final Probe probe;
  private long current;
  private long peak;
  private boolean closed;

  CpuDevice(int threads) {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "expected 0 (all processors) to " + MOST_THREADS + " threads, found " + threads);
    }
    Blas.load();
    workers = new Workers(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    kernels = new CpuKernels(this, workers);
    checkedKernels = new CheckedKernels(this, kernels);
    probe = new CheckedProbe(new CpuProbe(this, workers));
  }

  @Override
  public Tensor allocate(DType type, long... sizes) {
    requireOpen();
    Shape shape = Shape.of(sizes);
    BigInteger size =
        BigInteger.valueOf(shape.elements()).multiply(BigInteger.valueOf(type.bytes()));
    CpuStorage storage = size.bitLength() < 63 ? CpuStorage.allocate(this, size.longValue()) : null;
    if (storage == null) {
      throw new DeviceOutOfMemoryException(
          String.format(
              Locale.ROOT,
              "the CPU has no %,d bytes of memory for %s %s; tensors hold %,d bytes now:"
                  + " use a smaller batch, window or model",
              size,
              type,
              shape,
              memory().current()));
    }
    allocated(storage.bytes());
    return Tensor.over(storage, type, shape);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the CPU device was closed");
    }
  }

  private synchronized void allocated(long bytes) {
    current += bytes;
    peak = Math.max(peak, current);
  }

  synchronized void freed(long bytes) {
    current -= bytes;
  }

  @Override
  public Kernels kernels() {
    return checkedKernels;
  }

  @Override
  public Readback readback(Tensor scalar) {
    if (scalar.type() != DType.FLOAT32 || scalar.elements() != 1 || scalar.device() != this) {
      throw new IllegalArgumentException(
          "expected a FLOAT32 scalar on " + this + ", found " + scalar);
    }
    return new CpuReadback(scalar);
  }

  @Override
  public Recording recording(Runnable work) {
    return new CpuRecording(work);
  }

  @Override
  public Stopwatch stopwatch() {
    requireOpen();
    return new CpuStopwatch(this);
  }

  @Override
  public Probe probe() {
    return probe;
  }

  @Override
  public void matmulPrecision(MatmulPrecision precision) {
    // Always HIGHEST: the processor has no faster float32.
    Objects.requireNonNull(precision, "precision");
  }

  @Override
  public synchronized MemoryUse memory() {
    return new MemoryUse(current, peak);
  }

  @Override
  public void synchronize() {
    // Operations have finished when their calls return.
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      kernels.close();
      workers.close();
      if (memory().current() > 0) {
        LOG.log(
            Level.WARNING,
            "{0} was closed while tensors hold {1} bytes of its memory",
            this,
            memory().current());
      }
    }
  }

  @Override
  public String toString() {
    return "cpu (" + workers.count() + (workers.count() == 1 ? " thread)" : " threads)");
  }
}
