package dev.surprisal.device.cuda;

import java.util.List;

/**
 * The answers of CUDA's libraries about this machine.
 *
 * @param loadFailure the reason why a library could not be loaded, or null
 * @param runtimeVersion the version of libcudart, as in 13000; 0 if it was not loaded
 * @param driverVersion the newest CUDA that the driver knows, as in 12080; 0 without a driver
 * @param status the status of {@code cudaGetDeviceCount}
 * @param statusText CUDA's text for the status
 * @param gpus the GPUs found
 * @param build the kernel library's description of its build, or null
 * @param buildFailure the reason why that library could not be loaded, or null
 */
record CudaSystem(
    String loadFailure,
    int runtimeVersion,
    int driverVersion,
    int status,
    String statusText,
    List<Gpu> gpus,
    String build,
    String buildFailure) {

  /** A GPU and its compute capability. */
  record Gpu(String name, int major, int minor) {}

  private static CudaSystem asked;

  /** Returns the answers, which stay the same in a process. */
  static synchronized CudaSystem ask() {
    if (asked == null) {
      try {
        asked = PresetQueries.ask();
      } catch (LinkageError missing) {
        asked = notLoaded(words(missing));
      }
    }
    return asked;
  }

  static CudaSystem notLoaded(String why) {
    return new CudaSystem(why, 0, 0, 0, "", List.of(), null, null);
  }

  /** Returns the messages of a failure to link and its causes, one of which names the library. */
  static String words(Throwable failure) {
    StringBuilder words = new StringBuilder();
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String part = at.getMessage() == null ? at.getClass().getSimpleName() : at.getMessage();
      if (words.indexOf(part) < 0) {
        words.append(words.isEmpty() ? "" : "; ").append(part);
      }
    }
    return words.toString();
  }
}
