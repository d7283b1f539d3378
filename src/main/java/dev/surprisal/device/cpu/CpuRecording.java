package dev.surprisal.device.cpu;

import dev.surprisal.device.Recording;

/** Work that is run anew every time: the CPU has nothing to gain from remembering it. */
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
