// The tokens of a row in the order of falling logits, of equal ones the lower index first, without sorting them: at which
// token does a sum over the tokens so far reach a limit?
//
// A block takes logit and index for one number, a rank, that falls in that order and finds the token byte by byte: a
// histogram of the sums by the rank's next byte, among the tokens that have its bytes so far, shows where the limit is
// reached. Sums are of integers, so the order in which atomics add them does not matter.
#pragma once
#include "reduce.cuh"

namespace surprisal {
namespace {
constexpr int kMostThreads = 512;
constexpr int kCopies = 8;  // of a histogram, so that lanes meet less often

// A warp where that reads a row in a few steps, with a single histogram, which it must clear.
int threads_for(int32_t classes) {
  return classes <= 256 ? 32 : classes <= 4096 ? 256 : kMostThreads;
}

__device__ __forceinline__ int copies_for(unsigned threads) {
  return threads == 32 ? 1 : kCopies;
}

// As many as the largest index has.
int index_bytes_for(int32_t classes) {
  int bytes = 1;
  while (bytes < 4 && int64_t(1) << 8 * bytes < classes) bytes++;
  return bytes;
}

// Rises with the logit, the same for -0 and 0; NaN is above all.
__device__ __forceinline__ uint32_t key_of(float logit) {
  if (logit != logit) return 0xffffffffu;
  uint32_t bits = __float_as_uint(logit);
  return bits >> 31 ? 0u - bits : bits | 0x80000000u;
}

__device__ __forceinline__ float logit_of(uint32_t key) {
  return __uint_as_float(key >> 31 ? key & 0x7fffffffu : 0u - key);
}

constexpr uint32_t kKeyOfInfinity = 0xff800000u;
constexpr uint32_t kKeyOfMinusInfinity = 0x00800000u;

// Whether there is a softmax of a row whose largest logit has that key.
__device__ __forceinline__ bool is_finite_key(uint32_t key) {
  return key > kKeyOfMinusInfinity && key < kKeyOfInfinity;
}

// A row of logits as ranks.
struct Row {
  const float* logits;
  int classes;
  int index_bytes;

  __device__ uint64_t rank(int index) const {
    uint32_t mask = uint32_t((uint64_t(1) << 8 * index_bytes) - 1);
    return uint64_t(key_of(logits[index])) << 8 * index_bytes | (mask - uint32_t(index));
  }
  __device__ uint32_t key(uint64_t rank) const {
    return uint32_t(rank >> 8 * index_bytes);
  }
  __device__ int index(uint64_t rank) const {
    uint64_t mask = (uint64_t(1) << 8 * index_bytes) - 1;
    return int(mask - (rank & mask));
  }
};

struct Ones {
  __device__ uint64_t operator()(float) const {
    return 1;
  }
};

// The limit of a sum: the share of a total, which is the sum over the row unless it is known.
struct Limit {
  uint64_t total;  // 0: not known
  double share;
  bool passed;  // whether the sum is to be above the share, not just to reach it

  __device__ uint64_t of(uint64_t row_sum) const {
    uint64_t all = total > 0 ? total : row_sum;
    double part = share * double(all);
    uint64_t limit = passed ? uint64_t(part) + 1 : uint64_t(ceil(part));
    return limit < 1 ? 1 : limit > all ? all : limit;
  }
};

struct Crossing {
  uint64_t rank;    // of the token at which the sum reaches the limit
  uint64_t before;  // the sum before the tokens of that logit
  uint64_t limit;
};

// Where a byte has its sum: the eight that a lane looks at lie in eight rows of the banks.
__device__ __forceinline__ int slot_of(int digit) {
  return digit % 8 * 32 + digit / 8;
}

// Sums and numbers of tokens by byte; all zero when a crossing begins.
struct Scratch {
  uint64_t sums[kCopies][256];
  uint32_t numbers[kCopies][256];
  uint64_t values[kMostThreads / 32];
  uint64_t before;
  uint64_t limit;
  uint64_t rank;
  int digit;
  bool alone;
};

// Used by the whole block, before the first crossing; the barrier is left to whoever comes next.
__device__ void clear(Scratch& scratch) {
  for (int i = threadIdx.x; i < copies_for(blockDim.x) * 256; i += blockDim.x) {
    scratch.sums[i / 256][i % 256] = 0;
    scratch.numbers[i / 256][i % 256] = 0;
  }
}

// Used by the first warp: the first byte, from the highest down, with which the sum reaches the limit. Clears the sums.
__device__ void find_digit(Scratch& scratch, int copies, const Limit& limit, bool first) {
  constexpr int kEach = 256 / 32;
  int lane = threadIdx.x % 32;
  uint64_t sums[kEach];
  uint32_t numbers[kEach];
  uint64_t sum = 0;
#pragma unroll
  for (int i = 0; i < kEach; i++) {
    int digit = 255 - (lane * kEach + i);
    sums[i] = 0;
    numbers[i] = 0;
    for (int copy = 0; copy < copies; copy++) {
      sums[i] += scratch.sums[copy][slot_of(digit)];
      numbers[i] += scratch.numbers[copy][slot_of(digit)];
      scratch.sums[copy][slot_of(digit)] = 0;
      scratch.numbers[copy][slot_of(digit)] = 0;
    }
    sum += sums[i];
  }
  uint64_t after = sum;
  for (int offset = 1; offset < 32; offset *= 2) {
    uint64_t other = __shfl_up_sync(kAllLanes, after, offset);
    if (lane >= offset) after += other;
  }
  uint64_t row_sum = __shfl_sync(kAllLanes, after, 31);
  uint64_t reached = first ? limit.of(row_sum) : scratch.limit;
  uint64_t before = (first ? 0 : scratch.before) + after - sum;
  __syncwarp();
#pragma unroll
  for (int i = 0; i < kEach; i++) {
    if (before < reached && reached <= before + sums[i]) {
      scratch.digit = 255 - (lane * kEach + i);
      scratch.alone = numbers[i] == 1;
      scratch.before = before;
      scratch.limit = reached;
    }
    before += sums[i];
  }
}

// Used by the whole block. Ends as soon as one token alone has the bytes that were found.
template <class Measure>
__device__ Crossing cross(const Row& row, Measure measure, const Limit& limit, Scratch& scratch) {
  int copies = copies_for(blockDim.x);
  int copy = int(threadIdx.x) % copies;
  int top = 24 + 8 * row.index_bytes;
  Crossing crossing = {0, 0, 0};
  for (int shift = top; shift >= 0; shift -= 8) {
    for (int index = threadIdx.x; index < row.classes; index += blockDim.x) {
      uint64_t rank = row.rank(index);
      uint64_t value = rank >> shift >> 8 == crossing.rank ? measure(row.logits[index]) : 0;
      if (value > 0) {
        int slot = slot_of(int(rank >> shift & 255));
        atomicAdd(reinterpret_cast<unsigned long long*>(&scratch.sums[copy][slot]),
                  static_cast<unsigned long long>(value));
        atomicAdd(&scratch.numbers[copy][slot], 1u);
      }
    }
    __syncthreads();
    if (threadIdx.x < 32) find_digit(scratch, copies, limit, shift == top);
    __syncthreads();
    crossing.rank = crossing.rank << 8 | uint64_t(scratch.digit);
    crossing.limit = scratch.limit;
    if (shift >= 8 * row.index_bytes) crossing.before = scratch.before;
    if (shift > 0 && scratch.alone) {
      for (int index = threadIdx.x; index < row.classes; index += blockDim.x) {
        uint64_t rank = row.rank(index);
        if (rank >> shift == crossing.rank && measure(row.logits[index]) > 0) scratch.rank = rank;
      }
      __syncthreads();
      crossing.rank = scratch.rank;
      break;
    }
  }
  return crossing;
}

__device__ uint64_t largest_rank(const Row& row, uint64_t* scratch) {
  uint64_t largest = 0;
  for (int index = threadIdx.x; index < row.classes; index += blockDim.x) {
    uint64_t rank = row.rank(index);
    largest = rank > largest ? rank : largest;
  }
  return block_max(largest, scratch);
}
}  // namespace
}  // namespace surprisal
