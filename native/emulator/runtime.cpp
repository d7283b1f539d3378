// The CUDA runtime's functions.
#include <algorithm>
#include <string>

#include "cuda_host.h"
#include "device_memory.h"
#include "settings.h"

namespace emulator {
namespace {
constexpr int kBlocksPerMultiprocessor = 32;
constexpr size_t kReservedBytes = 1024;  // of shared memory, for each resident block

thread_local cudaError_t last_error = cudaSuccess;
thread_local std::string last_report;

size_t shared_per_multiprocessor() {
  return device_model().shared_bytes + kReservedBytes;
}
}  // namespace

cudaError_t remember(cudaError_t error) {
  last_error = error;
  return error;
}

void remember_report(const std::string& report) {
  last_report = report;
}

cudaError_t set_attribute(cudaFuncAttribute attribute, int value) {
  bool too_large = attribute == cudaFuncAttributeMaxDynamicSharedMemorySize &&
                   (value < 0 || size_t(value) > device_model().shared_bytes);
  return too_large ? remember(cudaErrorInvalidValue) : cudaSuccess;
}

cudaError_t resident_blocks(int* blocks, int threads, size_t shared_bytes) {
  DeviceModel model = device_model();
  if (threads < 1 || threads > 1024 || shared_bytes > model.shared_bytes) {
    *blocks = 0;
    return threads < 1 ? remember(cudaErrorInvalidValue) : cudaSuccess;
  }
  int by_threads = model.threads_per_multiprocessor() / ((threads + 31) / 32 * 32);
  size_t by_shared = shared_per_multiprocessor() / (shared_bytes + kReservedBytes);
  *blocks = int(std::min<size_t>(by_shared, size_t(std::min(by_threads, kBlocksPerMultiprocessor))));
  return cudaSuccess;
}

cudaError_t resident_clusters(int* clusters, const cudaLaunchConfig_t& config) {
  DeviceModel model = device_model();
  unsigned size = 1;
  for (unsigned i = 0; i < config.numAttrs; i++) {
    if (config.attrs[i].id == cudaLaunchAttributeClusterDimension) size = config.attrs[i].val.clusterDim.x;
  }
  *clusters = 0;
  if (model.major < 9 || size == 0 || size > 16) return remember(cudaErrorInvalidClusterSize);
  int blocks = 0;
  const dim3& b = config.blockDim;
  cudaError_t error = resident_blocks(&blocks, int(b.x * b.y * b.z), config.dynamicSmemBytes);
  *clusters = blocks * model.multiprocessors / int(size);
  return error;
}
}  // namespace emulator

using emulator::remember;

cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  *pointer = emulator::device_memory().allocate(bytes);
  return *pointer == nullptr ? remember(cudaErrorMemoryAllocation) : cudaSuccess;
}

cudaError_t cudaFree(void* pointer) {
  if (pointer == nullptr || emulator::device_memory().release(pointer)) return cudaSuccess;
  return remember(cudaErrorInvalidValue);
}

cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind) {
  if (bytes > 0) memmove(to, from, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t) {
  return cudaMemcpy(to, from, bytes, kind);
}

cudaError_t cudaMemset(void* to, int value, size_t bytes) {
  if (bytes > 0) memset(to, value, bytes);
  return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t) {
  return cudaMemset(to, value, bytes);
}

cudaError_t cudaDeviceSynchronize() {
  return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t) {
  return cudaSuccess;
}

cudaError_t cudaGetLastError() {
  cudaError_t error = emulator::last_error;
  emulator::last_error = cudaSuccess;
  return error;
}

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidConfiguration:
      return "invalid configuration argument";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorNotSupported:
      return "operation not supported";
    case cudaErrorCooperativeLaunchTooLarge:
      return "too many blocks in cooperative launch";
    case cudaErrorInvalidClusterSize:
      return "cluster misconfiguration";
    case cudaErrorLaunchFailure:
      return emulator::last_report.empty() ? "unspecified launch failure" : emulator::last_report.c_str();
  }
  return "unrecognized error code";
}

cudaError_t cudaGetDevice(int* device) {
  *device = 0;
  return cudaSuccess;
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (device != 0) return remember(cudaErrorInvalidDevice);
  emulator::DeviceModel model = emulator::device_model();
  switch (attribute) {
    case cudaDevAttrMaxThreadsPerBlock:
      *value = 1024;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      *value = 48 * 1024;
      return cudaSuccess;
    case cudaDevAttrWarpSize:
      *value = 32;
      return cudaSuccess;
    case cudaDevAttrMultiProcessorCount:
      *value = model.multiprocessors;
      return cudaSuccess;
    case cudaDevAttrMaxThreadsPerMultiProcessor:
      *value = model.threads_per_multiprocessor();
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor:
      *value = model.major;
      return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor:
      *value = model.minor;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerMultiprocessor:
      *value = int(emulator::shared_per_multiprocessor());
      return cudaSuccess;
    case cudaDevAttrCooperativeLaunch:
      *value = model.cooperative;
      return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      *value = int(model.shared_bytes);
      return cudaSuccess;
    case cudaDevAttrClusterLaunch:
      *value = model.major >= 9;
      return cudaSuccess;
  }
  return remember(cudaErrorInvalidValue);
}
