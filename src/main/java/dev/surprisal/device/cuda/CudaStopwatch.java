package dev.surprisal.device.cuda;

import dev.surprisal.device.Stopwatch;

/** Two events in the stream, timed by the GPU's clock. */
final class CudaStopwatch implements Stopwatch {
  /** The resolution that CUDA documents for the time between two events. */
  private static final double RESOLUTION = 0.5;

  private final CudaDevice device;
  private final CudaRuntime.Event start;
  private final CudaRuntime.Event end;
  private boolean running;
  private boolean complete;
  private boolean closed;

  CudaStopwatch(CudaDevice device) {
    this.device = device;
    start = device.runtime().event();
    end = device.runtime().event();
  }

  @Override
  public void start() {
    requireUsable("start a stopwatch");
    start.record();
    running = true;
    complete = false;
  }

  @Override
  public void stop() {
    requireUsable("stop a stopwatch");
    if (!running) {
      throw new IllegalStateException("the stopwatch was not started");
    }
    end.record();
    running = false;
    complete = true;
  }

  @Override
  public double microseconds() {
    requireUsable("read a stopwatch");
    if (!complete) {
      throw new IllegalStateException("the stopwatch was not started and stopped");
    }
    return end.millisecondsSince(start) * 1e3;
  }

  private void requireUsable(String what) {
    device.requireOpen();
    if (closed) {
      throw new IllegalStateException("the stopwatch was closed");
    }
    device.requireOutsideRecording(what);
  }

  @Override
  public double resolution() {
    return RESOLUTION;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.closed(this);
      start.close();
      end.close();
    }
  }
}
