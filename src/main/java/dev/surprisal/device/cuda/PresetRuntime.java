package dev.surprisal.device.cuda;

import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaEventCreate;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaEventSynchronize;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaFreeHost;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMallocHost;
import static org.bytedeco.cuda.global.cudart.cudaMemGetInfo;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToHost;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeThreadLocal;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;

import dev.surprisal.device.DeviceException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A GPU, through the cudart preset; of the runtime's functions only those that CUDA 12 has. */
final class PresetRuntime implements CudaRuntime {
  private final int index;
  private final String gpu;
  private final CUstream_st stream = new CUstream_st();
  private final Address target = new Address();
  private final Address source = new Address();

  PresetRuntime(int index, String gpu) {
    this.index = index;
    this.gpu = gpu;
    activate();
    check("cudaStreamCreate", cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
  }

  /** Makes this GPU the calling thread's current one; a thread starts with GPU 0. */
  private void activate() {
    check("cudaSetDevice", cudaSetDevice(index));
  }

  static void check(String call, int status) {
    if (status != 0) {
      cudaGetLastError();
      throw new DeviceException(call + ": " + cudaGetErrorString(status).getString());
    }
  }

  @Override
  public String gpu() {
    return gpu;
  }

  @Override
  public long stream() {
    activate();
    return stream.address();
  }

  @Override
  public long allocate(long bytes) {
    activate();
    Pointer address = new Pointer();
    int status = cudaMalloc(address, bytes);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      return 0;
    }
    check("cudaMalloc", status);
    return address.address();
  }

  @Override
  public void free(long address) {
    synchronize();
    check("cudaFree", cudaFree(target.at(address)));
  }

  @Override
  public BytePointer allocateHost(long bytes) {
    activate();
    BytePointer memory = new BytePointer();
    check("cudaMallocHost", cudaMallocHost(memory, bytes));
    return memory.capacity(bytes).limit(bytes);
  }

  @Override
  public void freeHost(BytePointer memory) {
    synchronize();
    check("cudaFreeHost", cudaFreeHost(memory));
  }

  @Override
  public void copyToDevice(long to, BytePointer from, long bytes) {
    copy(target.at(to), from, bytes, cudaMemcpyHostToDevice);
  }

  @Override
  public void copyToHost(BytePointer to, long from, long bytes) {
    copy(to, source.at(from), bytes, cudaMemcpyDeviceToHost);
  }

  @Override
  public void copy(long to, long from, long bytes) {
    copy(target.at(to), source.at(from), bytes, cudaMemcpyDeviceToDevice);
  }

  private void copy(Pointer to, Pointer from, long bytes, int kind) {
    activate();
    check("cudaMemcpyAsync", cudaMemcpyAsync(to, from, bytes, kind, stream));
  }

  @Override
  public void zero(long address, long bytes) {
    activate();
    check("cudaMemsetAsync", cudaMemsetAsync(target.at(address), 0, bytes, stream));
  }

  @Override
  public void synchronize() {
    activate();
    check("cudaStreamSynchronize", cudaStreamSynchronize(stream));
  }

  @Override
  public Event event() {
    activate();
    return new PresetEvent();
  }

  @Override
  public Graph capture(Runnable work) {
    activate();
    check(
        "cudaStreamBeginCapture", cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal));
    try (CUgraph_st captured = new CUgraph_st()) {
      try {
        work.run();
      } catch (RuntimeException | Error failure) {
        cudaStreamEndCapture(stream, captured);
        cudaGetLastError();
        if (!captured.isNull()) {
          cudaGraphDestroy(captured);
        }
        throw failure;
      }
      check("cudaStreamEndCapture", cudaStreamEndCapture(stream, captured));
      PresetGraph graph = new PresetGraph();
      int status = cudaGraphInstantiateWithFlags(graph.executable, captured, 0);
      cudaGraphDestroy(captured);
      check("cudaGraphInstantiate", status);
      return graph;
    }
  }

  @Override
  public long freeBytes() {
    return memory()[0];
  }

  @Override
  public long totalBytes() {
    return memory()[1];
  }

  private long[] memory() {
    activate();
    return memoryOfThisThreadsGpu();
  }

  /** Returns free and total bytes. */
  static long[] memoryOfThisThreadsGpu() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      check("cudaMemGetInfo", cudaMemGetInfo(free, total));
      return new long[] {free.get(), total.get()};
    }
  }

  @Override
  public void close() {
    synchronize();
    check("cudaStreamDestroy", cudaStreamDestroy(stream));
  }

  private final class PresetEvent implements Event {
    private final CUevent_st event = new CUevent_st();

    PresetEvent() {
      check("cudaEventCreate", cudaEventCreate(event));
    }

    @Override
    public void record() {
      activate();
      check("cudaEventRecord", cudaEventRecord(event, stream));
    }

    @Override
    public void await() {
      activate();
      check("cudaEventSynchronize", cudaEventSynchronize(event));
    }

    @Override
    public double millisecondsSince(Event start) {
      await();
      float[] milliseconds = new float[1];
      check(
          "cudaEventElapsedTime",
          cudaEventElapsedTime(milliseconds, ((PresetEvent) start).event, event));
      return milliseconds[0];
    }

    @Override
    public void close() {
      check("cudaEventDestroy", cudaEventDestroy(event));
    }
  }

  private final class PresetGraph implements Graph {
    private final CUgraphExec_st executable = new CUgraphExec_st();

    @Override
    public void launch() {
      activate();
      check("cudaGraphLaunch", cudaGraphLaunch(executable, stream));
    }

    @Override
    public void close() {
      activate();
      check("cudaGraphExecDestroy", cudaGraphExecDestroy(executable));
    }
  }
}
