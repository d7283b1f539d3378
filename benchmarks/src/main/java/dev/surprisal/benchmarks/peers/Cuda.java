package dev.surprisal.benchmarks.peers;

import static org.bytedeco.cuda.global.cudart.cudaErrorMemoryAllocation;
import static org.bytedeco.cuda.global.cudart.cudaFree;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaMalloc;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyDeviceToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;

import dev.surprisal.benchmarks.measure.RefusedException;
import dev.surprisal.device.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;

/**
 * A stream of a GPU and memory that goes with it, for the libraries of CUDA that are measured in
 * this process. Of one case; used by one thread.
 */
final class Cuda implements AutoCloseable {
  private static final int RANDOM_BYTES = 1 << 20;

  private final CUstream_st stream = new CUstream_st();
  private final List<BytePointer> memory = new ArrayList<>();
  private long bytes;

  Cuda(int index) {
    check("cudaSetDevice", cudaSetDevice(index));
    check("cudaStreamCreate", cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking));
  }

  static void check(String call, int status) {
    if (status != 0) {
      cudaGetLastError();
      throw new DeviceException(call + ": " + cudaGetErrorString(status).getString());
    }
  }

  CUstream_st stream() {
    return stream;
  }

  /** Bytes that were allocated. */
  long bytes() {
    return bytes;
  }

  /**
   * Memory that holds zeros.
   *
   * @throws RefusedException if there is not so much
   */
  BytePointer zeros(long size) {
    BytePointer address = new BytePointer();
    int status = cudaMalloc(address, Math.max(1, size));
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();
      throw new RefusedException("out of memory");
    }
    check("cudaMalloc", status);
    memory.add(address);
    bytes += size;
    zero(address, size);
    return address.capacity(size).limit(size);
  }

  /** Memory that holds numbers from -bound to bound, which repeat. */
  BytePointer random(Type type, long elements, double bound) {
    long size = type.bytes() * elements;
    BytePointer target = zeros(size);
    int first = (int) Math.min(size, RANDOM_BYTES);
    try (BytePointer host = new BytePointer(first)) {
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < first; i += type.bytes()) {
        type.put(host, i, (float) random.nextDouble(-bound, bound));
      }
      check(
          "cudaMemcpyAsync", cudaMemcpyAsync(target, host, first, cudaMemcpyHostToDevice, stream));
      for (long done = first; done < size; done *= 2) {
        BytePointer rest = target.getPointer(done);
        long count = Math.min(done, size - done);
        check(
            "cudaMemcpyAsync",
            cudaMemcpyAsync(rest, target, count, cudaMemcpyDeviceToDevice, stream));
      }
      synchronize();
    }
    return target;
  }

  /** Sets memory to zeros behind what was issued so far. */
  void zero(BytePointer address, long size) {
    check("cudaMemsetAsync", cudaMemsetAsync(address, 0, size, stream));
  }

  void synchronize() {
    check("cudaStreamSynchronize", cudaStreamSynchronize(stream));
  }

  /** Gives everything back, also when what was issued has failed. */
  @Override
  public void close() {
    cudaStreamSynchronize(stream);
    memory.forEach(address -> cudaFree(address));
    memory.clear();
    cudaStreamDestroy(stream);
    cudaGetLastError();
  }
}
