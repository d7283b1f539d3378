// Draws one token a row from softmax(logits / temperature), cut by top-k and then by top-p (Holtzman et al. 2020).
//
// In the order of falling logits, of equal ones the lower index first, all three are one question: at which token does a
// sum over the tokens so far reach a limit? Top-k sums ones; top-p sums probabilities up to p of their total; the draw
// sums them up to the random number. A block answers it without sorting its row. It takes logit and index for one number
// that falls in that order and finds the token byte by byte: a histogram of the sums by the number's next byte, among
// the tokens that have its bytes so far, shows where the limit is reached. Weights are exp((z - max) / temperature) in
// double, rounded to integers as large as 64 bits allow, so the order in which atomics add them does not matter.
//
// Rows are drawn to the workspace. A kernel of one block then raises the fault of the first row that no token can be
// drawn from or, if there is none, writes all tokens.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/philox.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kMostThreads = 512;
constexpr int kCopies = 8;  // of a histogram, so that lanes meet less often
constexpr int kCommitThreads = 256;
constexpr int32_t kRefused = -1;

// A warp where that reads a row in a few steps, with a single histogram, which it must clear.
int threads_for(int32_t classes) {
  return classes <= 256 ? 32 : classes <= 4096 ? 256 : kMostThreads;
}

__device__ __forceinline__ int copies_for(unsigned threads) {
  return threads == 32 ? 1 : kCopies;
}

struct Options {
  double temperature;
  double scale;      // the largest weight, a power of two
  double top_p;
  int32_t top_k;     // 1 to classes
  int index_bytes;   // as many as the largest index has
  uint64_t seed;
  uint64_t counter;
};

// Rises with the logit; NaN is above all.
__device__ __forceinline__ uint32_t key_of(float logit) {
  if (logit != logit) return 0xffffffffu;
  uint32_t bits = __float_as_uint(logit);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

__device__ __forceinline__ float logit_of(uint32_t key) {
  return __uint_as_float(key >> 31 ? key & 0x7fffffffu : ~key);
}

constexpr uint32_t kKeyOfInfinity = 0xff800000u;
constexpr uint32_t kKeyOfMinusInfinity = 0x007fffffu;

// A row of logits as numbers that fall in the order of drawing.
struct Row {
  const float* logits;
  int classes;
  int index_bytes;

  __device__ uint64_t rank(int index) const {
    uint32_t mask = (uint32_t)(((uint64_t)1 << 8 * index_bytes) - 1);
    return (uint64_t)key_of(logits[index]) << 8 * index_bytes | (mask - (uint32_t)index);
  }
  __device__ uint32_t key(uint64_t rank) const {
    return (uint32_t)(rank >> 8 * index_bytes);
  }
  __device__ int index(uint64_t rank) const {
    uint64_t mask = ((uint64_t)1 << 8 * index_bytes) - 1;
    return (int)(mask - (rank & mask));
  }
};

struct Ones {
  __device__ uint64_t operator()(float) const {
    return 1;
  }
};

struct Weights {
  double largest, temperature, scale;

  __device__ uint64_t operator()(float logit) const {
    return (uint64_t)(exp((logit - largest) / temperature) * scale + 0.5);
  }
};

// The limit of a sum: the share of a total, which is the sum over the row unless it is known.
struct Limit {
  uint64_t total;  // 0: not known
  double share;
  bool passed;     // whether the sum is to be above the share, not just to reach it

  __device__ uint64_t of(uint64_t row_sum) const {
    uint64_t all = total > 0 ? total : row_sum;
    double part = share * (double)all;
    uint64_t limit = passed ? (uint64_t)part + 1 : (uint64_t)ceil(part);
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
  int copy = (int)threadIdx.x % copies;
  int top = 24 + 8 * row.index_bytes;
  Crossing crossing = {0, 0, 0};
  for (int shift = top; shift >= 0; shift -= 8) {
    for (int index = threadIdx.x; index < row.classes; index += blockDim.x) {
      uint64_t rank = row.rank(index);
      uint64_t value = rank >> shift >> 8 == crossing.rank ? measure(row.logits[index]) : 0;
      if (value > 0) {
        int slot = slot_of((int)(rank >> shift & 255));
        atomicAdd((unsigned long long*)&scratch.sums[copy][slot], (unsigned long long)value);
        atomicAdd(&scratch.numbers[copy][slot], 1u);
      }
    }
    __syncthreads();
    if (threadIdx.x < 32) find_digit(scratch, copies, limit, shift == top);
    __syncthreads();
    crossing.rank = crossing.rank << 8 | (uint64_t)scratch.digit;
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

// The sum of the weights of tokens whose key is above `last`.
__device__ uint64_t sum_above(const Row& row, const Weights& weights, uint32_t last, uint64_t* scratch) {
  uint64_t sum = 0;
  for (int index = threadIdx.x; index < row.classes; index += blockDim.x) {
    if (key_of(row.logits[index]) > last) sum += weights(row.logits[index]);
  }
  return block_sum(sum, scratch);
}

__device__ int draw(const Row& row, int64_t number, uint64_t largest, const Options& options, Scratch& scratch) {
  Weights weights{logit_of(row.key(largest)), options.temperature, options.scale};
  uint64_t total = 0;
  if (options.top_k < row.classes) {
    // Tokens with the last logit weigh the same, whichever of them are kept.
    Crossing end = cross(row, Ones(), {(uint64_t)options.top_k, 1, false}, scratch);
    uint32_t last = row.key(end.rank);
    total = sum_above(row, weights, last, scratch.values);
    total += ((uint64_t)options.top_k - end.before) * weights(logit_of(last));
  }
  if (options.top_p < 1) {
    Crossing end = cross(row, weights, {total, options.top_p, false}, scratch);
    uint64_t weight = weights(logit_of(row.key(end.rank)));
    // Of tokens with the last logit there are as many as it takes.
    total = end.before + (end.limit - end.before + weight - 1) / weight * weight;
  }
  uint32_t word = philox((uint64_t)number, options.counter, options.seed).x;
  return row.index(cross(row, weights, {total, 1 - positive01(word), true}, scratch).rank);
}

__global__ void __launch_bounds__(kMostThreads) sample_kernel(const float* logits, int32_t* drawn, float* largest,
                                                              int64_t rows, int32_t classes, Options options,
                                                              const surprisal_fault* fault) {
  __shared__ Scratch scratch;
  if (faulted(fault)) return;
  for (int i = threadIdx.x; i < copies_for(blockDim.x) * 256; i += blockDim.x) {
    scratch.sums[i / 256][i % 256] = 0;
    scratch.numbers[i / 256][i % 256] = 0;
  }
  for (int64_t number = blockIdx.x; number < rows; number += gridDim.x) {
    Row row{logits + number * classes, classes, options.index_bytes};
    uint64_t first = largest_rank(row, scratch.values);
    uint32_t key = row.key(first);
    int token = kRefused;
    if (key > kKeyOfMinusInfinity && key < kKeyOfInfinity) {
      token = options.temperature == 0 ? row.index(first) : draw(row, number, first, options, scratch);
    }
    if (threadIdx.x == 0) {
      drawn[number] = token;
      largest[number] = logit_of(key);
    }
  }
}

__global__ void __launch_bounds__(kCommitThreads) sample_commit_kernel(const int32_t* drawn, const float* largest,
                                                                       int32_t* tokens, int64_t rows, int32_t classes,
                                                                       surprisal_fault* fault) {
  __shared__ int64_t scratch[kCommitThreads / 32];
  if (faulted(fault)) return;
  int64_t first = first_outside(drawn, rows, classes, kNoException, scratch);
  if (first < rows) {
    if (threadIdx.x == 0) raise_fault(fault, SURPRISAL_FAULT_LOGIT, first, largest[first], classes);
    return;
  }
  for (int64_t row = threadIdx.x; row < rows; row += kCommitThreads) tokens[row] = drawn[row];
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_sample_workspace(int64_t rows, int32_t classes) {
  (void)classes;
  return rows * (int64_t)(sizeof(int32_t) + sizeof(float));
}

extern "C" int surprisal_sample(const float* logits, int32_t* tokens, void* workspace, int64_t rows, int32_t classes,
                                float temperature, int32_t top_k, float top_p, int64_t seed, int64_t counter,
                                const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || classes < 1) {
    return invalid("sample", "expected 0 rows or more of 1 class or more, found [%lld, %d]", (long long)rows, classes);
  }
  if (!(temperature >= 0 && std::isfinite(temperature) && top_k >= 0 && top_p > 0 && top_p <= 1)) {
    return invalid("sample",
                   "expected a finite temperature and top-k of 0 or more and top-p in (0, 1], found %g, %d and %g",
                   (double)temperature, top_k, (double)top_p);
  }
  if (rows == 0) return SURPRISAL_SUCCESS;
  // The sum of all weights stays below 2^63, and each weight below what a double holds exactly.
  int bits = 0;
  while ((int64_t)1 << bits < classes) bits++;
  Options options{temperature, std::ldexp(1.0, std::min(52, 62 - bits)), top_p,
                  top_k == 0 || top_k > classes ? classes : top_k, std::max(1, (bits + 7) / 8),
                  (uint64_t)seed, (uint64_t)counter};
  int32_t* drawn = static_cast<int32_t*>(workspace);
  float* largest = reinterpret_cast<float*>(drawn + rows);
  Launch launch{blocks_for(rows, 1), (unsigned)threads_for(classes), surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(sample_kernel, launch, logits, drawn, largest, rows, classes, options,
                                        stream->fault);
  if (result == cudaSuccess) {
    Launch commit{1, kCommitThreads, surprisal::cuda(stream)};
    result = SURPRISAL_LAUNCH(sample_commit_kernel, commit, drawn, largest, tokens, rows, classes, stream->fault);
  }
  return launched("sample", result);
}
