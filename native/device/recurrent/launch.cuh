// Chooses how a recurrence is run and launches it; see on_chip.cuh and step.cuh.
//
// A group has as few blocks as hold W. The batch is cut into as many slices as there can be groups at a time; where
// that leaves multiprocessors idle even at one sequence a slice, groups get twice the blocks. Clusters are preferred:
// their blocks meet without L2.
#pragma once
#include "../fault.cuh"
#include "../grid.cuh"
#include "../status.cuh"
#include "on_chip.cuh"
#include "path.h"
#include "step.cuh"

namespace surprisal {
// Counters of barriers at the start of the workspace; more groups than any GPU can hold at a time.
constexpr int64_t kMostGroups = 256;
constexpr int64_t kCounterBytes = kMostGroups * kCounterStride * sizeof(unsigned);
// Shared memory that every device gives a block, and the most that is worth asking for: W fits then, or, where blocks
// meet through L2, a slice has more sequences and there are fewer barriers.
constexpr int kUsualShared = 48 * 1024;
constexpr int kMostShared = 200 * 1024;
constexpr int kWidestCluster = 16;

template <class Pass, int K, Exchange E>
__global__ void __launch_bounds__(OnChip<K, E>::kThreads, 1)
    recurrent_kernel(const surprisal_fault* fault, Pass pass, Slices slices) {
  if (faulted(fault)) return;
  run_slices<K, E>(pass, slices);
}

template <class Pass>
__global__ void __launch_bounds__(32 * kStepWarps)
    recurrent_step_kernel(const surprisal_fault* fault, Pass pass, const float* weight, int64_t batch, int64_t step,
                          bool aligned) {
  if (faulted(fault)) return;
  run_step(pass, weight, batch, step, aligned);
}

// What a launch is made of; no groups: the device cannot run it.
struct Cut {
  Launch launch;
  Slices slices = {};
  int64_t groups = 0;
};

inline int64_t next_power_of_two(int64_t n) {
  int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

// How many groups of `blocks` blocks can be on the device at a time.
template <int K, Exchange E, class Pass>
int64_t resident_groups(unsigned blocks, int threads, int shared) {
  auto kernel = recurrent_kernel<Pass, K, E>;
  int count = 0;
  if (shared > kUsualShared) cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared);
  if (E == Exchange::kCluster && blocks > 1) {
#if !SURPRISAL_EMULATED
    // The device may have clusters, and this machine code be translated from that of one without.
    cudaFuncAttributes code = {};
    if (cudaFuncGetAttributes(&code, kernel) != cudaSuccess || code.ptxVersion < 90) return 0;
#endif
    if (blocks > 8) cudaFuncSetAttribute(kernel, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
    cudaLaunchAttribute attribute = {};
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim.x = blocks;
    attribute.val.clusterDim.y = 1;
    attribute.val.clusterDim.z = 1;
    cudaLaunchConfig_t config = {};
    config.gridDim = dim3(blocks);
    config.blockDim = dim3(unsigned(threads));
    config.dynamicSmemBytes = size_t(shared);
    config.attrs = &attribute;
    config.numAttrs = 1;
    if (cudaOccupancyMaxActiveClusters(&count, kernel, &config) != cudaSuccess) count = 0;
  } else {
    const size_t bytes = size_t(shared);
    if (cudaOccupancyMaxActiveBlocksPerMultiprocessor(&count, kernel, threads, bytes) != cudaSuccess) count = 0;
    count = count * device_attribute(cudaDevAttrMultiProcessorCount) / int(blocks);
  }
  cudaGetLastError();  // a device that cannot is no failure of the operation
  return count;
}

template <int K, Exchange E, class Pass>
Cut cut_for(int rows, int64_t batch, unsigned blocks) {
  const int threads = 32 * int(ceil_div(rows, int64_t(blocks) * OnChip<K, E>::kRows));
  const int weights = weight_bytes<K, E>(threads / 32);
  int shared = kUsualShared;
  if (E == Exchange::kGrid || weights > 0) {
    shared = max(shared, min(device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin), kMostShared));
  }
  const int64_t most_sequences = (shared - weights) / state_bytes<K, E>(kTile) * kTile;
  Cut cut;
  const int64_t resident = resident_groups<K, E, Pass>(blocks, threads, shared);
  if (resident == 0 || most_sequences <= 0) return cut;
  int64_t sequences = ceil_div(batch, resident);
  if (sequences > kTile) sequences = min(ceil_div(sequences, kTile) * kTile, most_sequences);
  cut.slices.batch = batch;
  cut.slices.rows = int(sequences);
  cut.slices.tile = int(min(next_power_of_two(sequences), int64_t(kTile)));
  cut.slices.places = int(ceil_div(sequences, cut.slices.tile) * cut.slices.tile);
  cut.slices.count = ceil_div(batch, sequences);
  cut.slices.blocks = blocks;
  cut.groups = min(resident, cut.slices.count);
  if (E == Exchange::kGrid) cut.groups = min(cut.groups, kMostGroups);
  cut.launch.grid = dim3(unsigned(cut.groups * blocks));
  cut.launch.block = dim3(unsigned(threads));
  cut.launch.shared_bytes = size_t(weights + state_bytes<K, E>(cut.slices.places));
  cut.launch.cluster = E == Exchange::kCluster ? blocks : 1;
  cut.launch.cooperative = E == Exchange::kGrid;
  return cut;
}

template <int K, Exchange E, class Pass>
Cut best_cut(int rows, int64_t batch) {
  constexpr int64_t kBlockRows = OnChip<K, E>::kRows * OnChip<K, E>::kWarps;
  int64_t blocks = ceil_div(rows, kBlockRows);
  if (E == Exchange::kCluster) {
    blocks = next_power_of_two(blocks);
    if (blocks > kWidestCluster || (blocks > 1 && device_attribute(cudaDevAttrClusterLaunch) == 0)) return {};
  } else if (device_attribute(cudaDevAttrCooperativeLaunch) == 0) {
    return {};
  }
  Cut best = cut_for<K, E, Pass>(rows, batch, unsigned(blocks));
  // A block that holds all rows is not split: it needs no barrier but its own.
  while (blocks > 1 && best.groups > 0 && best.slices.rows == 1) {
    blocks *= 2;
    bool keeps_warps = rows >= blocks * OnChip<K, E>::kRows * 4;
    if (!keeps_warps || (E == Exchange::kCluster && blocks > 8)) break;
    Cut wider = cut_for<K, E, Pass>(rows, batch, unsigned(blocks));
    if (wider.groups < best.slices.count) break;
    best = wider;
  }
  return best;
}

// Whether the device can run it so; then `result` is what the launch gave.
template <int K, Exchange E, class Pass>
bool ran_on_chip(const Pass& pass, int64_t batch, bool aligned, unsigned* counters, const surprisal_stream* stream,
                 cudaError_t& result) {
  Cut cut = best_cut<K, E, Pass>(slots(Pass::kSums) * pass.units(), batch);
  if (cut.groups == 0) return false;
  cut.launch.stream = cuda(stream);
  cut.slices.aligned = aligned;
  cut.slices.counters = counters;
  if (E == Exchange::kGrid) {
    size_t bytes = size_t(cut.groups) * kCounterStride * sizeof(unsigned);
    result = cudaMemsetAsync(counters, 0, bytes, cuda(stream));
    if (result != cudaSuccess) return true;
  }
  result = SURPRISAL_LAUNCH((recurrent_kernel<Pass, K, E>), cut.launch, stream->fault, pass, cut.slices);
  return true;
}

// Tries the ways that keep W on chip, from `fastest` on.
template <class Pass>
bool ran_on_chip(RecurrentPath fastest, const Pass& pass, int64_t batch, bool aligned, unsigned* counters,
                 const surprisal_stream* stream, cudaError_t& result) {
  const int64_t width = int64_t(Pass::kValues) * pass.units();
  const bool cluster = fastest == RecurrentPath::kCluster;
  if (fastest == RecurrentPath::kSteps || width > 1024) return false;
#define SURPRISAL_TRY(K, E) ran_on_chip<K, Exchange::E>(pass, batch, aligned, counters, stream, result)
  if (width <= 128) {
    if (cluster && SURPRISAL_TRY(1, kCluster)) return true;
    // A block holds 128 rows, all of them unless units have several.
    if constexpr (Pass::kSums > 1) return SURPRISAL_TRY(1, kGrid);
    return false;
  }
  if (width <= 256) return (cluster && SURPRISAL_TRY(2, kCluster)) || SURPRISAL_TRY(2, kGrid);
  if (width <= 512) return (cluster && SURPRISAL_TRY(4, kCluster)) || SURPRISAL_TRY(4, kGrid);
  if (width <= 768) return (cluster && SURPRISAL_TRY(6, kCluster)) || SURPRISAL_TRY(6, kGrid);
  return (cluster && SURPRISAL_TRY(8, kCluster)) || SURPRISAL_TRY(8, kGrid);
#undef SURPRISAL_TRY
}

// A launch a step, with W from global memory; see run_step.
template <class Pass>
cudaError_t run_steps(const Pass& pass, const float* weight, int64_t batch, bool aligned,
                      const surprisal_stream* stream) {
  const int64_t rows = int64_t(slots(Pass::kSums)) * pass.units();
  const int64_t warps = min(ceil_div(rows, kStepRows), int64_t(kStepWarps));
  const int64_t blocks = ceil_div(rows, warps * kStepRows) * ceil_div(batch, kStepTile);
  const Launch launch{dim3(unsigned(blocks)), dim3(unsigned(32 * warps)), cuda(stream)};
  cudaError_t result = cudaSuccess;
  for (int64_t step = 0; step < pass.steps() && result == cudaSuccess; step++) {
    result = SURPRISAL_LAUNCH((recurrent_step_kernel<Pass>), launch, stream->fault, pass, weight, batch, step, aligned);
  }
  return result;
}
}  // namespace surprisal
