// How many blocks a launch has whose threads stride over the grid. No result depends on it.
#pragma once
#include <algorithm>
#include <cstdint>

#include "simt.cuh"

namespace surprisal {
constexpr int64_t kMostBlocks = 2147483647;

inline int64_t ceil_div(int64_t items, int64_t part) {
  return items / part + (items % part != 0);
}

// One block for each part of the items, as far as a grid goes.
inline unsigned blocks_for(int64_t items, int64_t part) {
  return unsigned(std::min(ceil_div(items, part), kMostBlocks));
}

// The blocks that the device holds at a time, or fewer if the items are fewer.
template <class K>
cudaError_t resident_blocks(K* kernel, int threads, int64_t items, int64_t part, unsigned* blocks) {
  int device = 0, multiprocessors = 0, blocks_each = 0;
  cudaError_t result = cudaGetDevice(&device);
  if (result == cudaSuccess) {
    result = cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
  }
  if (result == cudaSuccess) {
    result = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks_each, kernel, threads, 0);
  }
  int64_t most = std::max<int64_t>(1, int64_t(multiprocessors) * blocks_each);
  *blocks = unsigned(std::min(ceil_div(items, part), most));
  return result;
}
}  // namespace surprisal
