package dev.surprisal.device.cpu;

import dev.surprisal.device.Recording;

/** Work that runs anew every time: the CPU gains nothing from a capture. */
final class CpuRecording implements Recording {
  private final Runnable work;
  private boolean closed;

  CpuRecording(Runnable work) {
    this.work = work;
  }

  @Override
  public void run() {
    if (closed) {
      throw new IllegalStateException("this recording was closed");
    }
    work.run();
  }

  @Override
  public void close() {
    closed = true;
  }
}
