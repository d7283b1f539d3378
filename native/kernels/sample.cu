// Draws one token a row from softmax(logits / temperature), cut by top-k and then by top-p (Holtzman et al. 2020).
//
// In the order of falling logits, of equal ones the lower index first, all three are one question: at which token does a
// sum over the tokens so far reach a limit? Top-k sums ones; top-p sums probabilities up to p of their total; the draw
// sums them up to the random number. A block answers it without sorting its row: see selection.cuh. Weights are
// exp((z - max) / temperature) in double, rounded to integers as large as 64 bits allow.
//
// Rows are drawn to the workspace. A kernel of one block then raises the fault of the first row that no token can be
// drawn from or, if there is none, writes all tokens.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/philox.cuh"
#include "../device/selection.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kCommitThreads = 256;
constexpr int32_t kRefused = -1;

struct Options {
  double temperature;
  double scale;  // the largest weight, a power of two
  double top_p;
  int32_t top_k;  // 1 to classes
  int index_bytes;
  uint64_t seed;
  uint64_t counter;
};

struct Weights {
  double largest, temperature, scale;

  __device__ uint64_t operator()(float logit) const {
    return uint64_t(exp((logit - largest) / temperature) * scale + 0.5);
  }
};

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
    Crossing end = cross(row, Ones(), {uint64_t(options.top_k), 1, false}, scratch);
    uint32_t last = row.key(end.rank);
    total = sum_above(row, weights, last, scratch.values);
    total += (uint64_t(options.top_k) - end.before) * weights(logit_of(last));
  }
  if (options.top_p < 1) {
    Crossing end = cross(row, weights, {total, options.top_p, false}, scratch);
    uint64_t weight = weights(logit_of(row.key(end.rank)));
    // Of tokens with the last logit there are as many as it takes.
    total = end.before + (end.limit - end.before + weight - 1) / weight * weight;
  }
  uint32_t word = philox(uint64_t(number), options.counter, options.seed).x;
  return row.index(cross(row, weights, {total, 1 - positive01(word), true}, scratch).rank);
}

__global__ void __launch_bounds__(kMostThreads)
    sample_kernel(const float* logits, int32_t* drawn, float* largest, int64_t rows, int32_t classes, Options options,
                  const surprisal_fault* fault) {
  __shared__ Scratch scratch;
  if (faulted(fault)) return;
  clear(scratch);
  for (int64_t number = blockIdx.x; number < rows; number += gridDim.x) {
    Row row{logits + number * classes, classes, options.index_bytes};
    uint64_t first = largest_rank(row, scratch.values);
    uint32_t key = row.key(first);
    int token = kRefused;
    if (is_finite_key(key)) {
      token = options.temperature == 0 ? row.index(first) : draw(row, number, first, options, scratch);
    }
    if (threadIdx.x == 0) {
      drawn[number] = token;
      largest[number] = logit_of(key);
    }
  }
}

__global__ void __launch_bounds__(kCommitThreads)
    sample_commit_kernel(const int32_t* drawn, const float* largest, int32_t* tokens, int64_t rows, int32_t classes,
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
  return rows * int64_t(sizeof(int32_t) + sizeof(float));
}

extern "C" int surprisal_sample(const float* logits, int32_t* tokens, void* workspace, int64_t rows, int32_t classes,
                                float temperature, int32_t top_k, float top_p, int64_t seed, int64_t counter,
                                const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || classes < 1) {
    return invalid("sample", "expected 0 rows or more of 1 class or more, found [%lld, %d]",
                   static_cast<long long>(rows), classes);
  }
  if (!(temperature >= 0 && std::isfinite(temperature) && top_k >= 0 && top_p > 0 && top_p <= 1)) {
    return invalid("sample",
                   "expected a finite temperature and top-k of 0 or more and top-p in (0, 1], found %g, %d and %g",
                   double(temperature), top_k, double(top_p));
  }
  if (rows == 0) return SURPRISAL_SUCCESS;
  // The sum of all weights stays below 2^63, and each weight below what a double holds exactly.
  int bits = 0;
  while (int64_t(1) << bits < classes) bits++;
  Options options{temperature,
                  std::ldexp(1.0, std::min(52, 62 - bits)),
                  top_p,
                  top_k == 0 || top_k > classes ? classes : top_k,
                  index_bytes_for(classes),
                  uint64_t(seed),
                  uint64_t(counter)};
  int32_t* drawn = static_cast<int32_t*>(workspace);
  float* largest = reinterpret_cast<float*>(drawn + rows);
  Launch launch{blocks_for(rows, 1), unsigned(threads_for(classes)), surprisal::cuda(stream)};
  cudaError_t result =
      SURPRISAL_LAUNCH(sample_kernel, launch, logits, drawn, largest, rows, classes, options, stream->fault);
  if (result == cudaSuccess) {
    Launch commit{1, kCommitThreads, surprisal::cuda(stream)};
    result = SURPRISAL_LAUNCH(sample_commit_kernel, commit, drawn, largest, tokens, rows, classes, stream->fault);
  }
  return launched("sample", result);
}
