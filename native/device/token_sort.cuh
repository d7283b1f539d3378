// A stable radix sort of tokens that carries their positions: least significant byte first, as many bytes as the
// vocabulary has. Stability makes positions of equal tokens rise, so that sums over them have one order.
//
// Within a tile a warp ranks 32 items at a time: ballots over the bits of the byte find the lanes with an equal one, a
// table of the warp counts those before. Up to 8192 tokens are one tile: a single block makes all passes, with nothing
// but barriers between them. More are cut into tiles of 4096, and a pass is three launches: count, scan, scatter.
#pragma once
#include "fault.cuh"
#include "grid.cuh"
#include "reduce.cuh"
#include "status.cuh"

namespace surprisal {
namespace {
constexpr int kRadix = 256;
constexpr int kSmall = 8192;
constexpr int kSmallThreads = 1024;
constexpr int kTileThreads = 256;
constexpr int kTileRounds = 16;
constexpr int kSortTile = kTileThreads * kTileRounds;

__device__ __forceinline__ int digit_of(int32_t token, int shift) {
  return token >> shift & (kRadix - 1);
}

// Used by whole warps: the lanes with the same byte as this one, among those that have one.
__device__ __forceinline__ unsigned lanes_alike(int digit, bool has_one) {
  unsigned alike = __ballot_sync(kAllLanes, has_one);
  for (int bit = 1; bit < kRadix; bit *= 2) {
    unsigned set = __ballot_sync(kAllLanes, (digit & bit) != 0);
    alike &= (digit & bit) != 0 ? set : ~set;
  }
  return alike;
}

// Used by one warp: turns 256 counts into the sums of those before.
__device__ __forceinline__ void scan_digits(uint32_t* counts) {
  constexpr int kEach = kRadix / 32;
  unsigned lane = threadIdx.x % 32;
  uint32_t sum = 0;
  for (int i = 0; i < kEach; i++) sum += counts[lane * kEach + i];
  uint32_t before = sum;
  for (int offset = 1; offset < 32; offset *= 2) {
    uint32_t other = __shfl_up_sync(kAllLanes, before, offset);
    if (lane >= unsigned(offset)) before += other;
  }
  before -= sum;
  for (int i = 0; i < kEach; i++) {
    uint32_t count = counts[lane * kEach + i];
    counts[lane * kEach + i] = before;
    before += count;
  }
}

// A tile in registers: warp w has the items from w * 32 * rounds on, 32 in each round.
template <int kThreads, int kMostRounds>
struct Tile {
  static constexpr int kWarps = kThreads / 32;
  int32_t token[kMostRounds];
  int32_t position[kMostRounds];
  uint32_t rank[kMostRounds];  // among the warp's equal bytes

  static __device__ int place(int round, int rounds) {
    return (int(threadIdx.x / 32) * rounds + round) * 32 + int(threadIdx.x % 32);
  }

  // Positions are 0, 1, ... where they are NULL.
  __device__ void load(const int32_t* tokens, const int32_t* positions, int start, int size, int rounds) {
#pragma unroll
    for (int r = 0; r < kMostRounds; r++) {
      int i = place(r, rounds);
      if (r < rounds && i < size) {
        token[r] = tokens[start + i];
        position[r] = positions ? positions[start + i] : start + i;
      }
    }
  }

  // Leaves in counts[w][d] how many items of byte d lie in the warps before w, and in totals[d] how many in all. Ends
  // with a barrier.
  __device__ void rank_items(int size, int rounds, int shift, uint32_t (*counts)[kRadix], uint32_t* totals) {
    for (int i = threadIdx.x; i < kWarps * kRadix; i += kThreads) counts[i / kRadix][i % kRadix] = 0;
    __syncthreads();
    unsigned lane = threadIdx.x % 32;
    uint32_t* mine = counts[threadIdx.x / 32];
#pragma unroll
    for (int r = 0; r < kMostRounds; r++) {
      if (r < rounds) {
        bool has_one = place(r, rounds) < size;
        int digit = has_one ? digit_of(token[r], shift) : 0;
        unsigned alike = lanes_alike(digit, has_one);
        unsigned before = alike & ((1u << lane) - 1);
        if (has_one) rank[r] = mine[digit] + __popc(before);
        __syncwarp();
        if (has_one && before == 0) mine[digit] += __popc(alike);
        __syncwarp();
      }
    }
    __syncthreads();
    for (int digit = threadIdx.x; digit < kRadix; digit += kThreads) {
      uint32_t sum = 0;
      for (int warp = 0; warp < kWarps; warp++) {
        uint32_t count = counts[warp][digit];
        counts[warp][digit] = sum;
        sum += count;
      }
      totals[digit] = sum;
    }
    __syncthreads();
  }

  // To the place where the items of the byte begin, the warps before and the rank.
  __device__ void store(int32_t* tokens, int32_t* positions, int size, int rounds, int shift,
                        uint32_t (*counts)[kRadix], const uint32_t* begin) const {
#pragma unroll
    for (int r = 0; r < kMostRounds; r++) {
      if (r < rounds && place(r, rounds) < size) {
        int digit = digit_of(token[r], shift);
        uint32_t to = begin[digit] + counts[threadIdx.x / 32][digit] + rank[r];
        tokens[to] = token[r];
        positions[to] = position[r];
      }
    }
  }
};

struct SortSpace {
  int32_t* tokens[2];
  int32_t* positions[2];
  uint32_t* counts;  // [256, tiles]
  uint32_t* totals;  // [256]
};

// Raises the fault of the first token outside the vocabulary. All threads get the same answer.
__device__ bool tokens_fit(const int32_t* tokens, int64_t count, int32_t vocabulary, int64_t* scratch,
                           surprisal_fault* fault) {
  int64_t first = first_outside(tokens, count, vocabulary, kNoException, scratch);
  if (first < count && threadIdx.x == 0) {
    raise_fault(fault, SURPRISAL_FAULT_TOKEN, first, tokens[first], vocabulary);
  }
  return first == count;
}

__global__ void __launch_bounds__(kSmallThreads)
    token_sort_kernel(const int32_t* tokens, SortSpace space, int count, int32_t vocabulary, int passes,
                      surprisal_fault* fault) {
  __shared__ int64_t scratch[kSmallThreads / 32];
  __shared__ uint32_t counts[kSmallThreads / 32][kRadix];
  __shared__ uint32_t totals[kRadix];
  if (faulted(fault)) return;
  if (!tokens_fit(tokens, count, vocabulary, scratch, fault)) return;
  Tile<kSmallThreads, kSmall / kSmallThreads> tile;
  int rounds = (count + kSmallThreads - 1) / kSmallThreads;
  tile.load(tokens, nullptr, 0, count, rounds);
  for (int pass = 0; pass < passes; pass++) {
    int32_t* sorted_tokens = pass % 2 == 0 ? space.tokens[0] : space.tokens[1];
    int32_t* sorted_positions = pass % 2 == 0 ? space.positions[0] : space.positions[1];
    tile.rank_items(count, rounds, pass * 8, counts, totals);
    if (threadIdx.x < 32) scan_digits(totals);
    __syncthreads();
    tile.store(sorted_tokens, sorted_positions, count, rounds, pass * 8, counts, totals);
    __syncthreads();
    if (pass + 1 < passes) tile.load(sorted_tokens, sorted_positions, 0, count, rounds);
  }
}

__global__ void __launch_bounds__(1024)
    token_check_kernel(const int32_t* tokens, int64_t count, int32_t vocabulary, surprisal_fault* fault) {
  __shared__ int64_t scratch[1024 / 32];
  if (faulted(fault)) return;
  tokens_fit(tokens, count, vocabulary, scratch, fault);
}

__global__ void __launch_bounds__(kTileThreads)
    token_count_kernel(const int32_t* tokens, uint32_t* counts, int count, int shift, const surprisal_fault* fault) {
  __shared__ uint32_t in_tile[kRadix];
  if (faulted(fault)) return;
  in_tile[threadIdx.x] = 0;
  __syncthreads();
  int start = int(blockIdx.x) * kSortTile;
  for (int i = threadIdx.x; i < kSortTile && i < count - start; i += kTileThreads) {
    atomicAdd(&in_tile[digit_of(tokens[start + i], shift)], 1u);
  }
  __syncthreads();
  counts[int64_t(threadIdx.x) * gridDim.x + blockIdx.x] = in_tile[threadIdx.x];
}

// One warp a byte: turns its counts by tile into the sums of those before.
__global__ void __launch_bounds__(32)
    token_scan_kernel(uint32_t* counts, uint32_t* totals, int tiles, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  uint32_t* row = counts + int64_t(blockIdx.x) * tiles;
  uint32_t before = 0;
  for (int start = 0; start < tiles; start += 32) {
    int tile = start + int(threadIdx.x);
    uint32_t count = tile < tiles ? row[tile] : 0;
    uint32_t sum = count;
    for (unsigned offset = 1; offset < 32; offset *= 2) {
      uint32_t other = __shfl_up_sync(kAllLanes, sum, offset);
      if (threadIdx.x >= offset) sum += other;
    }
    if (tile < tiles) row[tile] = before + sum - count;
    before += __shfl_sync(kAllLanes, sum, 31);
  }
  if (threadIdx.x == 0) totals[blockIdx.x] = before;
}

__global__ void __launch_bounds__(kTileThreads)
    token_scatter_kernel(const int32_t* tokens, const int32_t* positions, int32_t* to_tokens, int32_t* to_positions,
                         const uint32_t* counts_before, const uint32_t* totals, int count, int shift,
                         const surprisal_fault* fault) {
  __shared__ uint32_t counts[kTileThreads / 32][kRadix];
  __shared__ uint32_t in_tile[kRadix];
  __shared__ uint32_t begin[kRadix];
  if (faulted(fault)) return;
  int start = int(blockIdx.x) * kSortTile;
  int size = count - start < kSortTile ? count - start : kSortTile;
  begin[threadIdx.x] = totals[threadIdx.x];
  Tile<kTileThreads, kTileRounds> tile;
  tile.load(tokens, positions, start, size, kTileRounds);
  tile.rank_items(size, kTileRounds, shift, counts, in_tile);
  if (threadIdx.x < 32) scan_digits(begin);
  __syncthreads();
  begin[threadIdx.x] += counts_before[int64_t(threadIdx.x) * gridDim.x + blockIdx.x];
  __syncthreads();
  tile.store(to_tokens, to_positions, size, kTileRounds, shift, counts, begin);
}

inline int64_t sort_tiles(int64_t count) {
  return count <= kSmall ? 0 : ceil_div(count, kSortTile);
}

// Sorts; gives the index of the buffers that hold the result. A token outside the vocabulary raises the fault.
cudaError_t sort_tokens(const int32_t* tokens, const SortSpace& space, int count, int32_t vocabulary, int* result,
                        const surprisal_stream* stream) {
  int passes = 1;
  while (passes < 4 && int64_t(1) << (8 * passes) < vocabulary) passes++;
  *result = (passes - 1) % 2;
  const surprisal_fault* fault = stream->fault;
  if (count <= kSmall) {
    Launch all{1, kSmallThreads, surprisal::cuda(stream)};
    return SURPRISAL_LAUNCH(token_sort_kernel, all, tokens, space, count, vocabulary, passes, stream->fault);
  }
  Launch one{1, 1024, surprisal::cuda(stream)};
  cudaError_t status = SURPRISAL_LAUNCH(token_check_kernel, one, tokens, int64_t(count), vocabulary, stream->fault);
  int tiles = int(sort_tiles(count));
  Launch by_tile{unsigned(tiles), kTileThreads, surprisal::cuda(stream)};
  Launch by_digit{kRadix, 32, surprisal::cuda(stream)};
  const int32_t* positions = nullptr;
  for (int pass = 0; pass < passes && status == cudaSuccess; pass++) {
    int shift = pass * 8;
    status = SURPRISAL_LAUNCH(token_count_kernel, by_tile, tokens, space.counts, count, shift, fault);
    if (status != cudaSuccess) break;
    status = SURPRISAL_LAUNCH(token_scan_kernel, by_digit, space.counts, space.totals, tiles, fault);
    if (status != cudaSuccess) break;
    int to = pass % 2;
    status = SURPRISAL_LAUNCH(token_scatter_kernel, by_tile, tokens, positions, space.tokens[to], space.positions[to],
                              space.counts, space.totals, count, shift, fault);
    tokens = space.tokens[to];
    positions = space.positions[to];
  }
  return status;
}
}  // namespace
}  // namespace surprisal
