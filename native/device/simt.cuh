// One kernel source, two compilers: nvcc compiles it for a GPU, g++ for the emulator, where every CUDA thread is a fiber.
//
// What a kernel source keeps to: it launches through SURPRISAL_LAUNCH and not <<<>>>, declares dynamic shared memory
// with SURPRISAL_DYNAMIC_SHARED, keeps __shared__ types trivial, and calls of CUDA what emulator/cuda_device.h has.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>
#define SURPRISAL_EMULATED 0
#define SURPRISAL_DYNAMIC_SHARED(name) extern __shared__ __align__(128) unsigned char name[]
#else
#define SURPRISAL_EMULATED 1
#include "../emulator/cuda_device.h"
#include "../emulator/cuda_host.h"
#define SURPRISAL_DYNAMIC_SHARED(name) unsigned char* name = emulator::dynamic_shared()
#endif

// Whether this code is for a GPU with thread-block clusters; the host launches none where it is not.
#if SURPRISAL_EMULATED || !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
#define SURPRISAL_CLUSTERS 1
#else
#define SURPRISAL_CLUSTERS 0
#endif

namespace surprisal {
// Of the current device; 0 if it cannot be found.
inline int device_attribute(cudaDeviceAttr attribute) {
  int device = 0;
  int value = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return 0;
  if (cudaDeviceGetAttribute(&value, attribute, device) != cudaSuccess) return 0;
  return value;
}

// Where and how a kernel is launched. Blocks of a cluster see one another's shared memory (sm_90 and later); blocks of a
// cooperative launch are all resident, or the launch fails.
struct Launch {
  dim3 grid;
  dim3 block;
  cudaStream_t stream = nullptr;
  size_t shared_bytes = 0;
  unsigned cluster = 1;
  bool cooperative = false;
};

constexpr size_t kSharedWithoutAsking = 48 * 1024;
constexpr unsigned kClusterWithoutAsking = 8;

// A launch in CUDA's words; not to be copied.
struct LaunchConfig {
  cudaLaunchAttribute attributes[2] = {};
  cudaLaunchConfig_t config = {};

  explicit LaunchConfig(const Launch& launch) {
    unsigned count = 0;
    if (launch.cluster > 1) {
      attributes[count].id = cudaLaunchAttributeClusterDimension;
      attributes[count].val.clusterDim.x = launch.cluster;
      attributes[count].val.clusterDim.y = 1;
      attributes[count].val.clusterDim.z = 1;
      count++;
    }
    if (launch.cooperative) {
      attributes[count].id = cudaLaunchAttributeCooperative;
      attributes[count].val.cooperative = 1;
      count++;
    }
    config.gridDim = launch.grid;
    config.blockDim = launch.block;
    config.dynamicSmemBytes = launch.shared_bytes;
    config.stream = launch.stream;
    config.attrs = attributes;
    config.numAttrs = count;
  }
  LaunchConfig(const LaunchConfig&) = delete;
};

// Asks for what CUDA does not grant by itself.
inline cudaError_t ask_for(const void* kernel, const Launch& launch) {
  cudaError_t result = cudaSuccess;
  if (launch.shared_bytes > kSharedWithoutAsking) {
    result = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(launch.shared_bytes));
  }
  if (result == cudaSuccess && launch.cluster > kClusterWithoutAsking) {
    result = cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
  }
  return result;
}

// Whether the device can hold a cluster of such blocks; leaves no error behind.
inline bool cluster_fits(const void* kernel, const Launch& launch) {
  LaunchConfig config(launch);
  int clusters = 0;
  cudaError_t result = ask_for(kernel, launch);
  if (result == cudaSuccess) result = cudaOccupancyMaxActiveClusters(&clusters, kernel, &config.config);
  if (result != cudaSuccess) cudaGetLastError();
  return result == cudaSuccess && clusters > 0;
}

#if !SURPRISAL_EMULATED
template <class... P, class... A>
cudaError_t launch_kernel(const char*, void (*kernel)(P...), const Launch& launch, A... arguments) {
  cudaError_t refused = ask_for(reinterpret_cast<const void*>(kernel), launch);
  if (refused != cudaSuccess) return refused;
  LaunchConfig config(launch);
  return cudaLaunchKernelEx(&config.config, kernel, static_cast<P>(arguments)...);
}
#endif
}  // namespace surprisal

// Launches kernel(arguments...). A template with several parameters goes in parentheses. Gives a cudaError_t.
#if SURPRISAL_EMULATED
#define SURPRISAL_LAUNCH(kernel, launch, ...) emulator::launch_kernel(#kernel, kernel, launch, __VA_ARGS__)
#else
#define SURPRISAL_LAUNCH(kernel, launch, ...) surprisal::launch_kernel(#kernel, kernel, launch, __VA_ARGS__)
#endif
