package dev.surprisal.device.cuda;

import dev.surprisal.device.DeviceException;
import dev.surprisal.device.Recording;
import dev.surprisal.device.cuda.CudaRuntime.Graph;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Work that becomes one CUDA graph. The first run issues the operations one by one: it times
 * products and grows workspaces, which a capture cannot do. The second run captures the graph and
 * launches it, and later runs launch it.
 */
final class CudaRecording implements Recording {
  private static final Logger LOG = System.getLogger(CudaRecording.class.getPackageName());

  private final CudaDevice device;
  private final Runnable work;
  private final Set<CudaStorage> used = new LinkedHashSet<>();
  private Graph graph;
  private boolean ran;
  private boolean plain;
  private boolean closed;
  private long freedBefore;

  CudaRecording(CudaDevice device, Runnable work) {
    this.device = device;
    this.work = work;
  }

  @Override
  public void run() {
    if (closed) {
      throw new IllegalStateException("this recording was closed");
    }
    device.requireOutsideRecording("run a recording");
    if (graph == null && ran && !plain) {
      capture();
    }
    if (graph == null) {
      device.record(used, work);
      ran = true;
    } else {
      requireOpenTensors();
      graph.launch();
    }
  }

  private void capture() {
    try {
      graph = device.runtime().capture(() -> device.record(used, work));
      freedBefore = device.frees();
      device.captured(this);
    } catch (DeviceException refused) {
      plain = true;
      LOG.log(
          Level.WARNING,
          "the step runs operation by operation, because it cannot be one CUDA graph: {0}",
          refused.getMessage());
    }
  }

  /** Checks that no tensor was closed since the capture: the graph holds their addresses. */
  private void requireOpenTensors() {
    if (device.frees() != freedBefore) {
      for (CudaStorage storage : used) {
        if (storage.freed()) {
          throw new IllegalStateException(
              "a tensor that this recording works on was closed: " + storage + " on " + device);
        }
      }
      freedBefore = device.frees();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (graph != null) {
        device.runtime().synchronize();
        graph.close();
        device.released(this);
      }
    }
  }
}
