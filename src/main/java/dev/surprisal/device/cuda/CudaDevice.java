package dev.surprisal.device.cuda;

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
import dev.surprisal.device.cuda.binding.surprisal_stream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One GPU: its memory, one stream, and the kernels on the stream. */
final class CudaDevice implements Device {
  private static final Logger LOG = System.getLogger(CudaDevice.class.getPackageName());
  private static final int NAMED = 3;

  private final String name;
  private final CudaRuntime runtime;
  private final Faults faults;
  private final Staging staging;
  private final Workspace workspace;
  private final Products products;
  private final Kernels kernels;
  private final Probe probe = new CheckedProbe(new CudaProbe(this));
  private final surprisal_stream stream = new surprisal_stream();
  private final Set<CudaStorage> live = new LinkedHashSet<>();
  private final Set<CudaReadback> readbacks = new LinkedHashSet<>();
  private final Set<CudaStopwatch> stopwatches = new LinkedHashSet<>();
  private final Set<CudaRecording> captured = new LinkedHashSet<>();
  private Set<CudaStorage> used;
  private boolean recording;
  private boolean tf32;
  private boolean closed;
  private long frees;
  private long current;
  private long peak;

  /**
   * Opens a device with its own memory and stream.
   *
   * @param name the name in messages, as in "cuda:0"
   * @param runtime is closed with the device
   * @param products creates the matrix products of the device
   */
  CudaDevice(String name, CudaRuntime runtime, Function<CudaDevice, Products> products) {
    this.name = name;
    this.runtime = runtime;
    try {
      faults = new Faults(runtime);
      staging = new Staging(runtime, faults);
      workspace = new Workspace(this);
      stream.cuda(runtime.stream());
      stream.fault(faults.address());
      this.products = products.apply(this);
      kernels = new CheckedKernels(this, new CudaKernels(this, this.products));
    } catch (RuntimeException | Error failure) {
      runtime.close();
      throw failure;
    }
  }

  CudaRuntime runtime() {
    return runtime;
  }

  Faults faults() {
    return faults;
  }

  Workspace workspace() {
    return workspace;
  }

  boolean tf32() {
    return tf32;
  }

  /** Returns the stream, ready for kernels from the calling thread. */
  surprisal_stream stream() {
    requireOpen();
    runtime.stream();
    return stream;
  }

  /** Returns the address of a tensor that an operation uses next; 0 for null. */
  long address(Tensor tensor) {
    return tensor == null ? 0 : use((CudaStorage) tensor.storage()) + tensor.offset();
  }

  /** Returns the address of a block that an operation uses next. */
  long use(CudaStorage storage) {
    requireOpen();
    if (used != null) {
      used.add(storage);
    }
    return storage.address();
  }

  /** Returns the staging buffers, for an action that a recording must not do. */
  Staging staging(String what) {
    requireOpen();
    requireOutsideRecording(what);
    return staging;
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the device " + name + " was closed");
    }
  }

  void requireOutsideRecording(String what) {
    if (recording) {
      throw new IllegalStateException(
          "cannot " + what + " inside a recording: do it before or after its run");
    }
  }

  @Override
  public Tensor allocate(DType type, long... sizes) {
    requireOpen();
    requireOutsideRecording("allocate a tensor");
    Shape shape = Shape.of(sizes);
    BigInteger size =
        BigInteger.valueOf(shape.elements()).multiply(BigInteger.valueOf(type.bytes()));
    String description = type + " " + shape;
    if (size.bitLength() > 62) {
      throw outOfMemory(size, description);
    }
    long bytes = size.longValue();
    long address = allocateBytes(Math.max(bytes, 1), description);
    runtime.zero(address, Math.max(bytes, 1));
    CudaStorage storage = new CudaStorage(this, address, bytes, description);
    live.add(storage);
    allocated(bytes);
    return Tensor.over(storage, type, shape);
  }

  /** Allocates memory that is not counted as a tensor's. */
  long allocateBytes(long bytes, String description) {
    long address = runtime.allocate(bytes);
    if (address == 0) {
      throw outOfMemory(BigInteger.valueOf(bytes), description);
    }
    return address;
  }

  private DeviceOutOfMemoryException outOfMemory(BigInteger asked, String description) {
    String largest =
        live.stream()
            .sorted(Comparator.comparingLong(CudaStorage::bytes).reversed())
            .limit(NAMED)
            .map(storage -> String.format(Locale.ROOT, "%s (%,d)", storage, storage.bytes()))
            .collect(Collectors.joining(", "));
    return new DeviceOutOfMemoryException(
        String.format(
            Locale.ROOT,
            "%s has no %,d bytes of memory for %s: %,d of %,d are free; tensors hold %,d bytes"
                + " now%s: use a smaller batch, window or model",
            this,
            asked,
            description,
            runtime.freeBytes(),
            runtime.totalBytes(),
            current,
            largest.isEmpty() ? "" : ", the largest are " + largest));
  }

  private synchronized void allocated(long bytes) {
    current += bytes;
    peak = Math.max(peak, current);
  }

  synchronized void freed(CudaStorage storage) {
    current -= storage.bytes();
    frees++;
    if (live.remove(storage)) {
      runtime.free(storage.address());
    }
  }

  /** Returns the number of tensors closed so far; while it is unchanged, all are still open. */
  long frees() {
    return frees;
  }

  /** Registers a recording whose graph uses tensors and workspaces. */
  void captured(CudaRecording graph) {
    captured.add(graph);
  }

  void released(CudaRecording graph) {
    captured.remove(graph);
  }

  boolean hasGraphs() {
    return !captured.isEmpty();
  }

  /** Runs the work of a recording and adds the blocks that it uses to {@code uses}. */
  void record(Set<CudaStorage> uses, Runnable work) {
    recording = true;
    used = uses;
    try {
      work.run();
    } finally {
      recording = false;
      used = null;
    }
  }

  @Override
  public Kernels kernels() {
    return kernels;
  }

  @Override
  public Readback readback(Tensor scalar) {
    requireOpen();
    if (scalar.type() != DType.FLOAT32 || scalar.elements() != 1 || scalar.device() != this) {
      throw new IllegalArgumentException(
          "expected a FLOAT32 scalar on " + this + ", found " + scalar);
    }
    CudaReadback readback = new CudaReadback(this, scalar);
    readbacks.add(readback);
    return readback;
  }

  void closed(CudaReadback readback) {
    readbacks.remove(readback);
  }

  @Override
  public Recording recording(Runnable work) {
    requireOpen();
    return new CudaRecording(this, work);
  }

  @Override
  public Stopwatch stopwatch() {
    requireOpen();
    CudaStopwatch stopwatch = new CudaStopwatch(this);
    stopwatches.add(stopwatch);
    return stopwatch;
  }

  void closed(CudaStopwatch stopwatch) {
    stopwatches.remove(stopwatch);
  }

  @Override
  public Probe probe() {
    return probe;
  }

  @Override
  public void matmulPrecision(MatmulPrecision precision) {
    tf32 = Objects.requireNonNull(precision, "precision") == MatmulPrecision.HIGH;
  }

  @Override
  public synchronized MemoryUse memory() {
    return new MemoryUse(current, peak);
  }

  @Override
  public void synchronize() {
    requireOpen();
    requireOutsideRecording("wait for the device");
    finish();
  }

  /** Waits for the stream and throws a pending fault. */
  void finish() {
    faults.request();
    runtime.synchronize();
    faults.check();
  }

  /** Releases all memory, that of open tensors too; they can still be closed afterwards. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (current > 0) {
      LOG.log(
          Level.WARNING,
          "{0} was closed while tensors hold {1} bytes of its memory",
          this,
          current);
    }
    runtime.synchronize();
    List.copyOf(readbacks).forEach(CudaReadback::close);
    List.copyOf(stopwatches).forEach(CudaStopwatch::close);
    List.copyOf(captured).forEach(CudaRecording::close);
    closed = true;
    live.forEach(storage -> runtime.free(storage.address()));
    live.clear();
    workspace.close();
    products.close();
    staging.close();
    faults.close();
    stream.close();
    runtime.close();
  }

  @Override
  public String toString() {
    return name + " (" + runtime.gpu() + ")";
  }
}
