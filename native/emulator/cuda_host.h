// The part of the CUDA runtime that the kernel library's host code and tests use, under CUDA's own names and numbers.
//
// Device memory is host memory, and a launch has ended when it returns, so nothing here has to wait. Errors are
// remembered a thread, as in CUDA, but none is sticky: after a failed launch the device goes on.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "fiber.h"

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorInvalidDevice = 101,
  cudaErrorLaunchFailure = 719,
  cudaErrorCooperativeLaunchTooLarge = 720,
  cudaErrorNotSupported = 801,
  cudaErrorInvalidClusterSize = 912
};

enum cudaMemcpyKind {
  cudaMemcpyHostToHost,
  cudaMemcpyHostToDevice,
  cudaMemcpyDeviceToHost,
  cudaMemcpyDeviceToDevice,
  cudaMemcpyDefault
};

enum cudaDeviceAttr {
  cudaDevAttrMaxThreadsPerBlock = 1,
  cudaDevAttrMaxSharedMemoryPerBlock = 8,
  cudaDevAttrWarpSize = 10,
  cudaDevAttrMultiProcessorCount = 16,
  cudaDevAttrMaxThreadsPerMultiProcessor = 39,
  cudaDevAttrComputeCapabilityMajor = 75,
  cudaDevAttrComputeCapabilityMinor = 76,
  cudaDevAttrMaxSharedMemoryPerMultiprocessor = 81,
  cudaDevAttrCooperativeLaunch = 95,
  cudaDevAttrMaxSharedMemoryPerBlockOptin = 97,
  cudaDevAttrClusterLaunch = 120
};

enum cudaFuncAttribute {
  cudaFuncAttributeMaxDynamicSharedMemorySize = 8,
  cudaFuncAttributeNonPortableClusterSizeAllowed = 14
};

enum cudaLaunchAttributeID { cudaLaunchAttributeCooperative = 2, cudaLaunchAttributeClusterDimension = 4 };

typedef struct emulated_stream* cudaStream_t;

struct cudaLaunchAttribute {
  cudaLaunchAttributeID id;
  union {
    struct {
      unsigned x, y, z;
    } clusterDim;
    int cooperative;
  } val;
};

struct cudaLaunchConfig_t {
  dim3 gridDim;
  dim3 blockDim;
  size_t dynamicSmemBytes;
  cudaStream_t stream;
  cudaLaunchAttribute* attrs;
  unsigned numAttrs;
};

cudaError_t cudaMalloc(void** pointer, size_t bytes);
cudaError_t cudaFree(void* pointer);
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t = nullptr);
cudaError_t cudaMemset(void* to, int value, size_t bytes);
cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t = nullptr);
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaGetLastError();
// For cudaErrorLaunchFailure: what the last launch of this thread that failed did wrong, and where.
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device);

namespace emulator {
cudaError_t set_attribute(cudaFuncAttribute attribute, int value);
cudaError_t resident_blocks(int* blocks, int threads, size_t shared_bytes);
cudaError_t resident_clusters(int* clusters, const cudaLaunchConfig_t& config);
}  // namespace emulator

template <class Kernel>
cudaError_t cudaFuncSetAttribute(Kernel*, cudaFuncAttribute attribute, int value) {
  return emulator::set_attribute(attribute, value);
}

// Registers and static shared memory are not counted, since the emulator does not know them.
template <class Kernel>
cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, Kernel*, int threads, size_t shared_bytes) {
  return emulator::resident_blocks(blocks, threads, shared_bytes);
}

template <class Kernel>
cudaError_t cudaOccupancyMaxActiveClusters(int* clusters, Kernel*, const cudaLaunchConfig_t* config) {
  return emulator::resident_clusters(clusters, *config);
}

namespace emulator {
// A launch as the emulator runs it: `run` calls the kernel with its arguments, once for every thread.
struct LaunchRequest {
  const char* name;
  const void* kernel;
  void (*run)(const void* call);
  const void* call;
  size_t call_bytes;
  dim3 grid;
  dim3 block;
  size_t shared_bytes;
  unsigned cluster;
  bool cooperative;
};

// Runs the kernel to its end on the emulator's own threads, never on the caller's.
cudaError_t launch(const LaunchRequest& request);

template <class... P>
struct Call {
  void (*kernel)(P...);
  std::tuple<P...> arguments;

  static void run(const void* call) {
    const Call* self = static_cast<const Call*>(call);
    std::apply(self->kernel, self->arguments);
  }
};

// What SURPRISAL_LAUNCH stands for; Launch is surprisal::Launch.
template <class... P, class Launch, class... A>
cudaError_t launch_kernel(const char* name, void (*kernel)(P...), const Launch& how, A... arguments) {
  Call<P...> call{kernel, std::tuple<P...>(static_cast<P>(arguments)...)};
  return launch({name, reinterpret_cast<const void*>(kernel), &Call<P...>::run, &call, sizeof call, how.grid, how.block,
                 how.shared_bytes, how.cluster, how.cooperative});
}
}  // namespace emulator
