package dev.surprisal.device.cuda;

import java.util.List;

/**
 * What CUDA's libraries said when they were asked.
 *
 * @param loadFailure why a library could not be loaded, or null
 * @param runtimeVersion of libcudart, as in 13000; 0 if it was not loaded
 * @param driverVersion the newest CUDA that the driver knows, as in 12080; 0 without a driver
 * @param status of {@code cudaGetDeviceCount}
 * @param statusText what that means, in CUDA's words
 * @param gpus those that were found
 * @param build what the kernel library says of itself, or null
 * @param buildFailure why that library could not be loaded, or null
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

  /** The answers, which stay the same in a process. */
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

  /** What a failure to link says, with the library's name, which may stand in its cause. */
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
