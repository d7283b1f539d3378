// A recurrence v_s = f(W v_{s-1}, ...) over many independent sequences, with W kept in registers from step to step.
//
// A warp owns R rows of W for good: lane l holds W[row][4 l + 128 j + i], i < 4, j < K, zero outside of the matrix. A
// step multiplies them with the states of a tile of sequences, which lie in shared memory, and adds up the R * tile
// partial sums of the lanes by a butterfly that halves the number of values a lane holds each time it exchanges them:
// 31 shuffles for 32 sums, one finished sum in each lane. Each of these sums then passes the step's function (a "pass",
// see below) in its lane.
//
// Blocks that together own all rows for some of the sequences (a slice) form a group; only a group's blocks meet. How
// the new states get to them:
// - Exchange::kCluster: the group is a thread-block cluster (or one block); each new value is written to the shared
//   memory of all its blocks, two buffers in turn, and one cluster barrier ends the step. Nothing goes through L2.
// - Exchange::kGrid: the states are read back from where the pass stored them in global memory, through L2, after a
//   barrier of the group in a cooperative launch.
//
// W has kSums rows for each of the H units, one for a gate, and a state has kValues floats for each: going forward the
// sums of all gates make one h, going back one sum makes the gradients of all gates. The rows of a unit follow one
// another in a warp (sum.cuh), so that one lane can be given all sums of its unit. State value g of unit u is v[g H + u].
//
// A Pass has: kFromZero, if v_{-1} is zero; kSums; kValues; units(), H; steps(); weight(row, k, aligned, rows), which
// fills rows[r] with [k, k + 4) of row `row + r` in the order of sum.cuh, zero outside; state(b, s), the kValues H floats
// that step s multiplies; Inputs and read(b, unit, s), what else the step needs, fetched a step ahead; constant(unit,
// gate), added to each sum of the gate; and finish(b, unit, s, sums, inputs, values), which stores the new values of the
// unit and fills `values` with them.
#pragma once
#include "group_barrier.cuh"
#include "sum.cuh"

#if !SURPRISAL_EMULATED
// For clusters. Not in simt.cuh, because it multiplies a small kernel's compile time.
#include <cooperative_groups.h>
#endif

namespace surprisal {
enum class Exchange { kCluster, kGrid };

// How matrices of up to 128 K columns are held. A lane has 4 * kKept * K registers of weights and up to 32 of sums, and
// there are as many warps as these allow; the rows of a warp that are not kept in registers lie in shared memory. More
// rows make fewer reads of shared memory a product: at 8 rows half of its bandwidth is used, at 4 all of it.
template <int K, Exchange E>
struct OnChip {
  // 1024 rows among the 16 blocks of a cluster are more than registers hold.
  static constexpr bool kShares = K == 8 && E == Exchange::kCluster;
  static constexpr int kRows = K <= 4 || kShares ? 8 : 4;
  static constexpr int kKept = kShares ? 4 : kRows;
  static constexpr int kWarps = K == 1 || (K == 2 && E == Exchange::kCluster) ? 16 : K == 2 || K == 6 ? 12 : 8;
  static constexpr int kThreads = 32 * kWarps;
  static constexpr int kWidth = 128 * K;  // of a state in shared memory
};

// The most sequences that are multiplied at once.
constexpr int kTile = 4;

// The sequences of a launch and how they are shared out.
struct Slices {
  int64_t batch;
  int64_t count;
  int rows;         // sequences a slice; the last one may have fewer
  int tile;         // sequences that are multiplied at once: 1, 2 or 4
  int places;       // for states in shared memory: rows, rounded up to whole tiles
  unsigned blocks;  // a group
  bool aligned;     // states start at multiples of 16 bytes
  unsigned* counters;
};

// The warp's rows of W, as one lane has them.
template <int K, Exchange E>
struct Weights {
  static constexpr int kKept = OnChip<K, E>::kKept;
  static constexpr int kShared = OnChip<K, E>::kRows - kKept;

  float4 kept[kKept][K];
  float4* shared;  // row kKept + r, chunk j at 32 (r K + j)
};

// The products of the warp's rows with `Tile` states; sum r + R * b is that of row r and state b.
template <int K, Exchange E, int Tile>
__device__ __forceinline__ float tile_sum(const Weights<K, E>& weights, const float* states) {
  constexpr int R = OnChip<K, E>::kRows;
  constexpr int kKept = OnChip<K, E>::kKept;
  const float4* mine = reinterpret_cast<const float4*>(states) + threadIdx.x % 32;
  float sums[R * Tile] = {};
#pragma unroll
  for (int j = 0; j < K; j++) {
    float4 row[R];
#pragma unroll
    for (int r = 0; r < R; r++) row[r] = r < kKept ? weights.kept[r][j] : weights.shared[32 * ((r - kKept) * K + j)];
#pragma unroll
    for (int b = 0; b < Tile; b++) {
      float4 state = mine[b * (OnChip<K, E>::kWidth / 4) + j * 32];
#pragma unroll
      for (int r = 0; r < R; r++) sums[r + R * b] = multiply_add(row[r], state, sums[r + R * b]);
    }
  }
  return transposed_sum(sums);
}

// The states that step s multiplies, into shared memory.
template <int K, Exchange E, class Pass>
__device__ __forceinline__ void stage(const Pass& pass, const Slices& slices, int64_t first, int rows, int64_t s,
                                      float* states) {
  constexpr int kQuads = OnChip<K, E>::kWidth / 4;
  const int width = Pass::kValues * pass.units();
#pragma unroll 4
  for (int i = threadIdx.x; i < rows * kQuads; i += blockDim.x) {
    const float* state = pass.state(first + i / kQuads, s);
    reinterpret_cast<float4*>(states)[i] = load_within<true>(state, i % kQuads * 4, width, slices.aligned);
  }
}

// One value of a state, into the shared memory of all blocks of the group.
__device__ __forceinline__ void push(float* own, float value, unsigned blocks) {
#if SURPRISAL_CLUSTERS
  if (blocks > 1) {
    auto cluster = cooperative_groups::this_cluster();
    for (unsigned rank = 0; rank < blocks; rank++) *cluster.map_shared_rank(own, rank) = value;
    return;
  }
#endif
  *own = value;
}

__device__ __forceinline__ void group_sync(unsigned blocks) {
#if SURPRISAL_CLUSTERS
  if (blocks > 1) {
    cooperative_groups::this_cluster().sync();
    return;
  }
#endif
  __syncthreads();
}

// All steps of one slice.
template <int K, Exchange E, int Tile, class Pass>
__device__ __forceinline__ void run_slice(const Pass& pass, const Slices& slices, int64_t slice, int warp_row,
                                          const Weights<K, E>& weights, float* states, GroupBarrier& barrier) {
  constexpr int R = OnChip<K, E>::kRows;
  constexpr int kLanesOfSum = 32 / (R * Tile);
  constexpr int kWidth = OnChip<K, E>::kWidth;
  constexpr int kSlots = slots(Pass::kSums);
  static_assert(R % kSlots == 0, "a warp has all rows of a unit");
  const int64_t first = slice * slices.rows;
  const int rows = int(min(int64_t(slices.rows), slices.batch - first));
  const int tiles = (rows + Tile - 1) / Tile;
  const int sum_of_lane = threadIdx.x % 32 / kLanesOfSum;
  const int units = pass.units();
  const int unit = (warp_row + sum_of_lane % R) / kSlots;
  const int gate = sum_of_lane % kSlots;
  const int lane_b = sum_of_lane / R;
  const bool holds_sum = threadIdx.x % kLanesOfSum == 0 && unit < units && gate < Pass::kSums;
  const bool writes = holds_sum && gate == 0;
  const float constant = holds_sum ? pass.constant(unit, gate) : 0;
  // The second buffer of an exchange within a cluster.
  const int other = E == Exchange::kCluster ? slices.places * kWidth : 0;
  int now = 0;

  if (!Pass::kFromZero) stage<K, E>(pass, slices, first, rows, 0, states);
  if (E == Exchange::kCluster) {
    group_sync(slices.blocks);  // no block pushes to one that has not begun
  } else {
    __syncthreads();
  }
  typename Pass::Inputs next = {};
  if (writes && lane_b < rows) next = pass.read(first + lane_b, unit, 0);
  const int64_t steps = pass.steps();
  for (int64_t s = 0; s < steps; s++) {
    for (int tile = 0; tile < tiles; tile++) {
      const int b = tile * Tile + lane_b;
      const typename Pass::Inputs inputs = next;
      const bool last = tile + 1 == tiles;
      const int next_b = last ? lane_b : b + Tile;
      const int64_t next_s = last ? s + 1 : s;
      if (writes && next_b < rows && next_s < steps) next = pass.read(first + next_b, unit, next_s);
      float sum = 0;
      if (!Pass::kFromZero || s > 0) sum = tile_sum<K, E, Tile>(weights, states + now + tile * Tile * kWidth);
      float sums[Pass::kSums];
      gather<kSlots, kLanesOfSum>(sum + constant, sums);
      if (writes && b < rows) {
        float values[Pass::kValues] = {};
        pass.finish(first + b, unit, s, sums, inputs, values);
        if (E == Exchange::kCluster) {
          float* own = states + (other - now) + b * kWidth + unit;
#pragma unroll
          for (int g = 0; g < Pass::kValues; g++) push(own + g * units, values[g], slices.blocks);
        }
      }
    }
    if (E == Exchange::kCluster) {
      group_sync(slices.blocks);
      now = other - now;
    } else if (s + 1 < steps) {
      barrier.arrive();
      barrier.wait();
      stage<K, E>(pass, slices, first, rows, s + 1, states);
      __syncthreads();
    } else {
      __syncthreads();
    }
  }
}

// The body of a kernel whose groups take slice after slice through all steps. Dynamic shared memory: weight_bytes()
// and state_bytes().
template <int K, Exchange E, class Pass>
__device__ __forceinline__ void run_slices(const Pass& pass, const Slices& slices) {
  if constexpr (K > 1 && E == Exchange::kCluster && !SURPRISAL_CLUSTERS) return;
  constexpr int R = OnChip<K, E>::kRows;
  constexpr int kShared = Weights<K, E>::kShared;
  SURPRISAL_DYNAMIC_SHARED(shared);
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  const int warps = blockDim.x / 32;
  const unsigned group = blockIdx.x / slices.blocks;
  const unsigned groups = gridDim.x / slices.blocks;
  const int warp_row = (int(blockIdx.x % slices.blocks) * warps + warp) * R;
  float4* shared_weights = reinterpret_cast<float4*>(shared);
  float* states = reinterpret_cast<float*>(shared_weights + warps * kShared * K * 32);

  Weights<K, E> weights;
  weights.shared = shared_weights + warp * kShared * K * 32 + lane;
#pragma unroll
  for (int j = 0; j < K; j++) {
    float4 rows[R];
    pass.weight(warp_row, 4 * lane + 128 * j, slices.aligned, rows);
#pragma unroll
    for (int r = 0; r < R; r++) {
      if (r < Weights<K, E>::kKept) {
        weights.kept[r][j] = rows[r];
      } else {
        weights.shared[32 * ((r - Weights<K, E>::kKept) * K + j)] = rows[r];
      }
    }
  }
  // What no state fills is multiplied too: columns by zero weights, sequences for sums that nobody takes.
  const int floats = (E == Exchange::kCluster ? 2 : 1) * slices.places * OnChip<K, E>::kWidth;
  for (int i = threadIdx.x; i < floats; i += blockDim.x) states[i] = 0;
  __syncthreads();

  GroupBarrier barrier(slices.counters + group * kCounterStride, slices.blocks);
  for (int64_t slice = group; slice < slices.count; slice += groups) {
    if (slices.tile == 4) {
      run_slice<K, E, 4>(pass, slices, slice, warp_row, weights, states, barrier);
    } else if (slices.tile == 2) {
      run_slice<K, E, 2>(pass, slices, slice, warp_row, weights, states, barrier);
    } else {
      run_slice<K, E, 1>(pass, slices, slice, warp_row, weights, states, barrier);
    }
  }
}

template <int K, Exchange E>
constexpr int weight_bytes(int warps) {
  return warps * Weights<K, E>::kShared * K * 32 * int(sizeof(float4));
}

// Of so many states.
template <int K, Exchange E>
constexpr int state_bytes(int places) {
  return (E == Exchange::kCluster ? 2 : 1) * places * OnChip<K, E>::kWidth * int(sizeof(float));
}
}  // namespace surprisal
