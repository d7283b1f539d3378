package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_probe_barriers;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_probe_barriers_workspace;
import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_probe_spin;

import dev.surprisal.device.Probe;

/** A block that waits by the GPU's clock, and blocks that run the recurrent layers' barrier. */
final class CudaProbe implements Probe {
  private final CudaDevice device;

  CudaProbe(CudaDevice device) {
    this.device = device;
  }

  @Override
  public void spin(long nanoseconds) {
    CudaKernels.check("spin", surprisal_probe_spin(nanoseconds, device.stream()));
  }

  @Override
  public void barriers(int count) {
    device.requireOpen();
    long workspace = device.workspace().reserve(surprisal_probe_barriers_workspace());
    CudaKernels.check("barriers", surprisal_probe_barriers(workspace, count, device.stream()));
  }
}
