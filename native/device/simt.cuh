// One kernel source, two compilers: nvcc compiles it for a GPU, g++ for the emulator, where every CUDA thread is a fiber.
//
// What a kernel source keeps to: it launches through SURPRISAL_LAUNCH and not <<<>>>, declares dynamic shared memory
// with SURPRISAL_DYNAMIC_SHARED, keeps __shared__ types trivial, and calls of CUDA what emulator/cuda_device.h has.
#pragma once
#include <cstddef>
#include <cstdint>

#if defined(__CUDACC__)
#include <cooperative_groups.h>
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

namespace surprisal {
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

#if !SURPRISAL_EMULATED
constexpr size_t kSharedWithoutAsking = 48 * 1024;

template <class... P, class... A>
cudaError_t launch_kernel(const char*, void (*kernel)(P...), const Launch& launch, A... arguments) {
  if (launch.shared_bytes > kSharedWithoutAsking) {
    cudaError_t refused = cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                                               static_cast<int>(launch.shared_bytes));
    if (refused != cudaSuccess) return refused;
  }
  if (launch.cluster > 8) {
    cudaError_t refused = cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
    if (refused != cudaSuccess) return refused;
  }
  cudaLaunchAttribute attributes[2] = {};
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
  cudaLaunchConfig_t config = {};
  config.gridDim = launch.grid;
  config.blockDim = launch.block;
  config.dynamicSmemBytes = launch.shared_bytes;
  config.stream = launch.stream;
  config.attrs = attributes;
  config.numAttrs = count;
  return cudaLaunchKernelEx(&config, kernel, static_cast<P>(arguments)...);
}
#endif
}  // namespace surprisal

// Launches kernel(arguments...). A template with several parameters goes in parentheses. Gives a cudaError_t.
#if SURPRISAL_EMULATED
#define SURPRISAL_LAUNCH(kernel, launch, ...) emulator::launch_kernel(#kernel, kernel, launch, __VA_ARGS__)
#else
#define SURPRISAL_LAUNCH(kernel, launch, ...) surprisal::launch_kernel(#kernel, kernel, launch, __VA_ARGS__)
#endif
