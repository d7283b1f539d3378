package dev.surprisal;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.MatmulPrecision;
import dev.surprisal.device.MemoryUse;
import dev.surprisal.device.Probe;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Stopwatch;
import dev.surprisal.device.Tensor;

/** A CPU whose memory is full after so many tensors. */
public final class FailingDevice implements Device {
  private final Device device = Device.cpu(1);
  private long left = Long.MAX_VALUE;

  /** Nothing fails until {@link #failAfter} is called. */
  public FailingDevice() {}

  /**
   * Lets allocations fail from now on.
   *
   * @param tensors how many more there is room for
   */
  public void failAfter(long tensors) {
    left = tensors;
  }

  @Override
  public Tensor allocate(DType type, long... sizes) {
    if (left-- <= 0) {
      throw new DeviceOutOfMemoryException("no room for another tensor");
    }
    return device.allocate(type, sizes);
  }

  @Override
  public Kernels kernels() {
    return device.kernels();
  }

  @Override
  public Readback readback(Tensor scalar) {
    return device.readback(scalar);
  }

  @Override
  public Recording recording(Runnable work) {
    return device.recording(work);
  }

  @Override
  public Stopwatch stopwatch() {
    return device.stopwatch();
  }

  @Override
  public Probe probe() {
    return device.probe();
  }

  @Override
  public void matmulPrecision(MatmulPrecision precision) {
    device.matmulPrecision(precision);
  }

  @Override
  public MemoryUse memory() {
    return device.memory();
  }

  @Override
  public void synchronize() {
    device.synchronize();
  }

  @Override
  public void close() {
    device.close();
  }
}
