// Sampled softmax (Bengio and Senecal 2008; Jean et al. 2015) and noise-contrastive estimation (Gutmann and Hyvarinen
// 2010; Mnih and Teh 2012): how S samples from P stand for all classes, with the gradient written over the logits.
//
// A block goes through several rows. A thread keeps what it needs of its samples, class and log(S P), in registers, and
// the logits of a row too, so that they are read once and written once; only beyond 8192 samples are all read again.
// Logits are taken relative to the target's: sampled softmax is log(1 + rest) with the other terms as rest, and the
// target's gradient is -rest / (1 + rest), so that neither loses digits where the target is almost certain.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/reduce.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kMostThreads = 1024;
constexpr int kEach = 8;
constexpr int kRowsEach = 4;  // of a block, or more: its samples are read once for all

struct Batch {
  const int32_t* targets;
  const int32_t* samples;
  const float* log_probabilities;
  const float* corrections;  // [S]: log(S P) of each sample
  const int32_t* positions;
  const float* grad_losses;
  const float* divisor;
  float* logits;
  float* target_logits;
  float* losses;
  int64_t rows;
  double log_count;  // log S
  unsigned count;

  __device__ int64_t token(int64_t n) const {
    return positions == nullptr ? n : positions[n];
  }
  // What the gradient of a token's loss is multiplied by.
  __device__ float factor(int64_t token) const {
    float arriving = grad_losses == nullptr ? 1 : grad_losses[token];
    float by = divisor == nullptr ? 1 : *divisor;
    return by == 0 ? 0 : arriving / by;
  }
};

// The samples of a thread, from `start` on, and their logits in a row. What is behind the last has a logit of -inf.
struct Chunk {
  int32_t sample[kEach];
  float correction[kEach];
  float logit[kEach];
  unsigned start;
  unsigned count;

  __device__ __forceinline__ unsigned place(int k) const {
    return start + k * blockDim.x + threadIdx.x;
  }
  __device__ __forceinline__ void load_samples(const Batch& batch, unsigned from) {
    start = from;
    count = batch.count;
#pragma unroll
    for (int k = 0; k < kEach; k++) {
      sample[k] = place(k) < count ? batch.samples[place(k)] : -1;
      correction[k] = place(k) < count ? batch.corrections[place(k)] : 0;
    }
  }
  __device__ __forceinline__ void load_logits(const float* row) {
#pragma unroll
    for (int k = 0; k < kEach; k++) logit[k] = place(k) < count ? row[place(k)] : -INFINITY;
  }
  __device__ __forceinline__ void store(float* row, int k, float value) const {
    if (place(k) < count) row[place(k)] = value;
  }
};

// Calls each(chunk) for all chunks of a row. The chunk is the same object every time, and one that holds all samples is
// read again neither for the next row nor, if it is `loaded`, for the second pass through this one.
template <class Each>
__device__ __forceinline__ void for_chunks(const Batch& batch, const float* row, Chunk& chunk, bool loaded, Each each) {
  unsigned size = kEach * blockDim.x;
  bool single = batch.count <= size;
  for (int64_t start = 0; start < batch.count; start += size) {
    if (!single) chunk.load_samples(batch, unsigned(start));
    if (!single || !loaded) chunk.load_logits(row);
    each();
  }
}

__global__ void __launch_bounds__(kMostThreads)
    sampled_loss_prepare_kernel(Batch batch, float* corrections, int64_t tokens, int32_t classes,
                                surprisal_fault* fault) {
  __shared__ int64_t scratch[kMostThreads / 32];
  if (faulted(fault)) return;
  int64_t first = first_outside(batch.targets, batch.rows, classes, kNoException, scratch);
  if (first < batch.rows) {
    if (threadIdx.x == 0) raise_fault(fault, SURPRISAL_FAULT_TARGET, first, batch.targets[first], classes);
    return;
  }
  first = first_outside(batch.samples, batch.count, classes, kNoException, scratch);
  if (first < batch.count) {
    if (threadIdx.x == 0) raise_fault(fault, SURPRISAL_FAULT_SAMPLE, first, batch.samples[first], classes);
    return;
  }
  if (batch.positions != nullptr) {
    first = first_outside(batch.positions, batch.rows, int(tokens), kNoException, scratch);
    if (first < batch.rows) {
      if (threadIdx.x == 0) {
        raise_fault(fault, SURPRISAL_FAULT_POSITION, first, batch.positions[first], int(tokens));
      }
      return;
    }
  }
  for (int64_t i = threadIdx.x; i < batch.count; i += kMostThreads) {
    corrections[i] = float(batch.log_count + double(batch.log_probabilities[batch.samples[i]]));
  }
}

__global__ void __launch_bounds__(kMostThreads) sampled_softmax_kernel(Batch batch, const surprisal_fault* fault) {
  __shared__ double sums[kMostThreads / 32];
  __shared__ float maxima[kMostThreads / 32];
  if (faulted(fault)) return;
  Chunk chunk;
  chunk.load_samples(batch, 0);
  for (int64_t n = blockIdx.x; n < batch.rows; n += gridDim.x) {
    float* row = batch.logits + n * batch.count;
    int32_t target = batch.targets[n];
    float target_logit = batch.target_logits[n];
    // A target that cannot be is no measure for the others.
    float base = target_logit == -INFINITY ? 0 : target_logit;
    float own = target_logit - base;
    auto relative = [&](int k) {
      return chunk.sample[k] == target ? -INFINITY : (chunk.logit[k] - base) - chunk.correction[k];
    };
    float max = own;
    double rest = 0;
    for_chunks(batch, row, chunk, false, [&] {
      float larger = max;
#pragma unroll
      for (int k = 0; k < kEach; k++) larger = relative(k) > larger ? relative(k) : larger;
      float shift = larger == -INFINITY ? 0 : larger;
      float sum = 0;
#pragma unroll
      for (int k = 0; k < kEach; k++) sum += expf(relative(k) - shift);
      rest = rest * double(expf(max - shift)) + double(sum);
      max = larger;
    });
    float largest = block_max(max, maxima);
    rest = block_sum(rest == 0 ? 0 : rest * double(expf(max - largest)), sums);
    double own_term = double(expf(own - largest));
    float factor = batch.factor(batch.token(n));
    float share = float(double(factor) / (rest + own_term));
    for_chunks(batch, row, chunk, true, [&] {
#pragma unroll
      for (int k = 0; k < kEach; k++) chunk.store(row, k, share * expf(relative(k) - largest));
    });
    if (threadIdx.x == 0) {
      double log_sum = own == largest ? log1p(rest) : log(rest + own_term);
      batch.losses[batch.token(n)] = float(double(largest) - double(own) + log_sum);
      batch.target_logits[n] = float(-rest / (rest + own_term) * double(factor));
    }
  }
}

// log(1 + e^x)
__device__ __forceinline__ float softplus(float x) {
  return fmaxf(x, 0) + log1pf(expf(-fabsf(x)));
}

// 1 / (1 + e^-x)
__device__ __forceinline__ float sigmoid(float x) {
  float e = expf(-fabsf(x));
  return (x < 0 ? e : 1) / (1 + e);
}

__global__ void __launch_bounds__(kMostThreads) sampled_nce_kernel(Batch batch, const surprisal_fault* fault) {
  __shared__ double sums[kMostThreads / 32];
  if (faulted(fault)) return;
  Chunk chunk;
  chunk.load_samples(batch, 0);
  for (int64_t n = blockIdx.x; n < batch.rows; n += gridDim.x) {
    float* row = batch.logits + n * batch.count;
    float factor = batch.factor(batch.token(n));
    double noise = 0;
    for_chunks(batch, row, chunk, false, [&] {
      float sum = 0;
#pragma unroll
      for (int k = 0; k < kEach; k++) {
        float x = chunk.logit[k] - chunk.correction[k];
        sum += softplus(x);
        chunk.store(row, k, factor * sigmoid(x));
      }
      noise += double(sum);
    });
    noise = block_sum(noise, sums);
    if (threadIdx.x == 0) {
      float correction = float(batch.log_count + double(batch.log_probabilities[batch.targets[n]]));
      float x = batch.target_logits[n] - correction;
      batch.losses[batch.token(n)] = float(noise + double(softplus(-x)));
      batch.target_logits[n] = -factor * sigmoid(-x);
    }
  }
}

cudaError_t launch_rows(const Batch& batch, int kind, const surprisal_stream* stream) {
  int threads = int(std::min<int64_t>(kMostThreads, ceil_div(ceil_div(batch.count, kEach), 32) * 32));
  auto kernel = kind == SURPRISAL_SAMPLED_SOFTMAX ? sampled_softmax_kernel : sampled_nce_kernel;
  unsigned blocks = 0;
  cudaError_t result = resident_blocks(kernel, threads, batch.rows, kRowsEach, &blocks);
  if (result != cudaSuccess) return result;
  Launch launch{blocks, unsigned(threads), surprisal::cuda(stream)};
  return kind == SURPRISAL_SAMPLED_SOFTMAX ? SURPRISAL_LAUNCH(sampled_softmax_kernel, launch, batch, stream->fault)
                                           : SURPRISAL_LAUNCH(sampled_nce_kernel, launch, batch, stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_sampled_loss_workspace(int32_t samples_count) {
  return int64_t(samples_count) * int64_t(sizeof(float));
}

extern "C" int surprisal_sampled_loss(const surprisal_sampled_rows* rows, void* workspace, int kind,
                                      const surprisal_stream* stream) {
  using namespace surprisal;
  const surprisal_sampled_rows& r = *rows;
  if (r.rows < 0 || r.samples_count < 1 || r.classes < 1) {
    return invalid("sampled loss", "expected rows of a sample or more of a class or more, found %lld of %d of %d",
                   static_cast<long long>(r.rows), r.samples_count, r.classes);
  }
  if (r.positions == nullptr ? r.tokens != r.rows : r.tokens < r.rows || r.tokens > INT32_MAX) {
    return invalid("sampled loss", "expected as many tokens as rows or, with positions, below 2^31, found %lld of %lld",
                   static_cast<long long>(r.tokens), static_cast<long long>(r.rows));
  }
  if (kind != SURPRISAL_SAMPLED_SOFTMAX && kind != SURPRISAL_SAMPLED_NCE) {
    return invalid("sampled loss", "expected a kind of 0 or 1, found %d", kind);
  }
  float* corrections = static_cast<float*>(workspace);
  Batch batch{r.targets,
              r.samples,
              r.log_probabilities,
              corrections,
              r.positions,
              r.grad_losses,
              r.divisor,
              r.logits,
              r.target_logits,
              r.losses,
              r.rows,
              std::log(double(r.samples_count)),
              unsigned(r.samples_count)};
  Launch prepare{1, kMostThreads, surprisal::cuda(stream)};
  cudaError_t result =
      SURPRISAL_LAUNCH(sampled_loss_prepare_kernel, prepare, batch, corrections, r.tokens, r.classes, stream->fault);
  if (result == cudaSuccess && r.rows > 0) result = launch_rows(batch, kind, stream);
  return launched("sampled loss", result);
}
