// The threads that share a row of a matrix: a warp, a block, or a cluster of blocks, which see one another's shared
// memory.
//
// A group agrees on values of a type T for which there are merged(T, T), the same bits in either order of arguments,
// and shuffled(T, offset). Values are merged in one tree over the lanes, the warps and the blocks.
#pragma once
#include <cstring>

#include "../reduce.cuh"

#if !SURPRISAL_EMULATED
// For clusters. Not in simt.cuh, because it multiplies a small kernel's compile time.
#include <cooperative_groups.h>
#endif

namespace surprisal {
constexpr unsigned kMostWarps = 32;
constexpr unsigned kMostRanks = 16;

__device__ __forceinline__ double merged(double a, double b) {
  return a + b;
}

__device__ __forceinline__ double shuffled(double value, int offset) {
  return __shfl_xor_sync(kAllLanes, value, offset);
}

template <class T>
__device__ __forceinline__ T warp_merged(T value) {
  for (int offset = 16; offset > 0; offset /= 2) value = merged(value, shuffled(value, offset));
  return value;
}

// Where the warps of a block, and the blocks of a cluster, leave what they found.
template <class T>
struct Exchange {
  T warps[kMostWarps];
  T ranks[kMostRanks];
};

// A warp a row, several rows a block. No thread waits for another warp.
struct WarpGroup {
  static constexpr int kChunk = 4;        // values that a thread takes on at once
  static constexpr bool kAgrees = false;  // by shared memory

  __device__ __forceinline__ unsigned row() const {
    return blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
  }
  __device__ __forceinline__ unsigned within_block() const {
    return threadIdx.x / 32;
  }
  __device__ __forceinline__ unsigned rank() const {
    return 0;
  }
  __device__ __forceinline__ unsigned thread() const {
    return threadIdx.x % 32;
  }
  __device__ __forceinline__ unsigned threads() const {
    return 32;
  }
  // The thread of a block, or of a group if it is smaller, that knows what the group agreed on.
  __device__ __forceinline__ bool leads() const {
    return threadIdx.x % 32 == 0;
  }
  // The one thread of the group that writes what there is one of.
  __device__ __forceinline__ bool writes() const {
    return threadIdx.x % 32 == 0;
  }
  __device__ __forceinline__ void meet() const {}
  __device__ __forceinline__ void sync() const {
    __syncwarp();
  }
  template <class T>
  __device__ __forceinline__ T agree(T value, Exchange<T>*, T) const {
    return warp_merged(value);
  }
  // What the leader has, in every thread.
  template <class T>
  __device__ __forceinline__ T share(T value, T*) const {
    static_assert(sizeof(T) % sizeof(float) == 0, "whole words");
    float words[sizeof(T) / sizeof(float)];
    memcpy(words, &value, sizeof(T));
#pragma unroll
    for (float& word : words) word = __shfl_sync(kAllLanes, word, 0);
    memcpy(&value, words, sizeof(T));
    return value;
  }
};

// A block a row, or with kCluster as many blocks as a cluster has, each with a slice of the row.
template <bool kCluster>
struct BlockGroup {
  static constexpr int kChunk = 8;
  static constexpr bool kAgrees = true;

  __device__ __forceinline__ unsigned row() const {
    return blockIdx.x / ranks();
  }
  __device__ __forceinline__ unsigned within_block() const {
    return 0;
  }
  __device__ __forceinline__ unsigned rank() const {
#if SURPRISAL_CLUSTERS
    if constexpr (kCluster) return cooperative_groups::this_cluster().block_rank();
#endif
    return 0;
  }
  __device__ __forceinline__ unsigned ranks() const {
#if SURPRISAL_CLUSTERS
    if constexpr (kCluster) return cooperative_groups::this_cluster().num_blocks();
#endif
    return 1;
  }
  __device__ __forceinline__ unsigned thread() const {
    return threadIdx.x;
  }
  __device__ __forceinline__ unsigned threads() const {
    return blockDim.x;
  }
  __device__ __forceinline__ bool leads() const {
    return threadIdx.x == 0;
  }
  __device__ __forceinline__ bool writes() const {
    return threadIdx.x == 0 && rank() == 0;
  }
  // Until every block of the cluster runs: before, none may write to another's shared memory.
  __device__ __forceinline__ void meet() const {
#if SURPRISAL_CLUSTERS
    if constexpr (kCluster) cooperative_groups::this_cluster().sync();
#endif
  }
  __device__ __forceinline__ void sync() const {
    __syncthreads();
  }
  // Once for each exchange, after meet(): what lies in it may be read until the block ends.
  template <class T>
  __device__ __forceinline__ T agree(T value, Exchange<T>* exchange, T nothing) const {
    unsigned lane = threadIdx.x % 32;
    value = warp_merged(value);
    if (lane == 0) exchange->warps[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x < 32) {
      value = warp_merged(lane < blockDim.x / 32 ? exchange->warps[lane] : nothing);
    }
#if SURPRISAL_CLUSTERS
    if constexpr (kCluster) {
      cooperative_groups::cluster_group cluster = cooperative_groups::this_cluster();
      if (threadIdx.x < ranks()) *cluster.map_shared_rank(&exchange->ranks[rank()], threadIdx.x) = value;
      cluster.sync();
      if (threadIdx.x < 32) value = warp_merged(lane < ranks() ? exchange->ranks[lane] : nothing);
    }
#endif
    return value;
  }
  template <class T>
  __device__ __forceinline__ T share(T value, T* shared) const {
    if (threadIdx.x == 0) *shared = value;
    __syncthreads();
    return *shared;
  }
};
}  // namespace surprisal
