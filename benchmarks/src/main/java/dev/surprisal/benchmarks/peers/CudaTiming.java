package dev.surprisal.benchmarks.peers;

import static dev.surprisal.benchmarks.peers.Cuda.check;
import static org.bytedeco.cuda.global.cudart.cudaEventCreate;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaEventSynchronize;

import dev.surprisal.benchmarks.measure.Timing;
import dev.surprisal.device.Stopwatch;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.javacpp.BytePointer;

/** The GPU's clock, for work on a stream of {@link Cuda}. */
final class CudaTiming implements Timing {
  /** What CUDA documents for the time between two events, in microseconds. */
  private static final double RESOLUTION = 0.5;

  /** What the GPU is kept busy with: setting so much memory takes it some tens of microseconds. */
  private static final long BUSY_BYTES = 128 << 20;

  private final Cuda cuda;
  private final BytePointer memory;
  private final double busyNanoseconds;

  CudaTiming(Cuda cuda) {
    this.cuda = cuda;
    memory = cuda.zeros(BUSY_BYTES);
    try (Stopwatch stopwatch = stopwatch()) {
      stopwatch.start();
      cuda.zero(memory, BUSY_BYTES);
      stopwatch.stop();
      busyNanoseconds = Math.max(1e3, stopwatch.microseconds() * 1e3);
    }
  }

  @Override
  public Stopwatch stopwatch() {
    return new Events();
  }

  @Override
  public void finish() {
    cuda.synchronize();
  }

  @Override
  public boolean queues() {
    return true;
  }

  @Override
  public void busy(long nanoseconds) {
    for (double left = nanoseconds; left > 0; left -= busyNanoseconds) {
      cuda.zero(memory, BUSY_BYTES);
    }
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  private final class Events implements Stopwatch {
    private final CUevent_st start = new CUevent_st();
    private final CUevent_st end = new CUevent_st();

    Events() {
      check("cudaEventCreate", cudaEventCreate(start));
      check("cudaEventCreate", cudaEventCreate(end));
    }

    @Override
    public void start() {
      check("cudaEventRecord", cudaEventRecord(start, cuda.stream()));
    }

    @Override
    public void stop() {
      check("cudaEventRecord", cudaEventRecord(end, cuda.stream()));
    }

    @Override
    public double microseconds() {
      check("cudaEventSynchronize", cudaEventSynchronize(end));
      float[] milliseconds = new float[1];
      check("cudaEventElapsedTime", cudaEventElapsedTime(milliseconds, start, end));
      return milliseconds[0] * 1e3;
    }

    @Override
    public double resolution() {
      return RESOLUTION;
    }

    @Override
    public void close() {
      cudaEventDestroy(start);
      cudaEventDestroy(end);
    }
  }
}
