package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.surprisal_build;
import static org.bytedeco.cuda.global.cudart.cuDeviceGet;
import static org.bytedeco.cuda.global.cudart.cuDeviceGetName;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.cudart.cudaDriverGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaGetDeviceCount;
import static org.bytedeco.cuda.global.cudart.cudaGetErrorString;
import static org.bytedeco.cuda.global.cudart.cudaRuntimeGetVersion;
import static org.bytedeco.cuda.global.cudart.cudaSetDevice;

import dev.surprisal.device.DeviceException;
import dev.surprisal.device.cuda.CudaSystem.Gpu;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Queries of CUDA's libraries; a call loads the libraries, which may fail to link. */
final class PresetQueries {
  private static final int NAME_LENGTH = 256;

  private PresetQueries() {}

  /**
   * Queries versions and GPUs, without creating a context on any GPU.
   *
   * @throws LinkageError if the preset's libraries cannot be loaded
   */
  static CudaSystem ask() {
    int[] runtime = new int[1];
    int[] driver = new int[1];
    int[] count = new int[1];
    cudaRuntimeGetVersion(runtime);
    cudaDriverGetVersion(driver);
    int status = cudaGetDeviceCount(count);
    List<Gpu> gpus = new ArrayList<>();
    for (int i = 0; status == 0 && i < count[0]; i++) {
      gpus.add(
          new Gpu(
              name(i),
              attribute(i, cudaDevAttrComputeCapabilityMajor),
              attribute(i, cudaDevAttrComputeCapabilityMinor)));
    }
    String build = null;
    String buildFailure = null;
    try {
      build = surprisal_build().getString();
    } catch (LinkageError missing) {
      buildFailure = CudaSystem.words(missing);
    }
    return new CudaSystem(
        null,
        runtime[0],
        driver[0],
        status,
        cudaGetErrorString(status).getString(),
        List.copyOf(gpus),
        build,
        buildFailure);
  }

  private static int attribute(int index, int attribute) {
    int[] value = new int[1];
    PresetRuntime.check("cudaDeviceGetAttribute", cudaDeviceGetAttribute(value, attribute, index));
    return value[0];
  }

  private static String name(int index) {
    int[] device = new int[1];
    byte[] name = new byte[NAME_LENGTH];
    if (cuDeviceGet(device, index) != 0 || cuDeviceGetName(name, NAME_LENGTH, device[0]) != 0) {
      return "GPU " + index;
    }
    String text = new String(name, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf(0));
  }

  /** Returns "N of M MiB free", or the reason why that is unknown; creates a context. */
  static String memory(int index) {
    try {
      PresetRuntime.check("cudaSetDevice", cudaSetDevice(index));
      long[] memory = PresetRuntime.memoryOfThisThreadsGpu();
      return String.format("%,d of %,d MiB free", memory[0] >> 20, memory[1] >> 20);
    } catch (DeviceException failure) {
      return failure.getMessage();
    }
  }
}
