// Classes drawn with replacement from a distribution: by the alias method (Walker 1977; Vose 1991), or log-uniformly,
// which is how words are distributed that are numbered by falling frequency (Zipf).
//
// A sample takes 53 bits u of two words, so that one of Philox's counters serves two samples. Log-uniformly it is the
// whole part of (V + 1)^u, less 1: the product of those (V + 1)^(2^-k) whose bit in u is set. They are square roots of
// square roots, taken on the host, and nothing but products is left to round: every device draws the same samples.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/philox.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int kBits = 53;

struct LogUniform {
  double powers[kBits];  // (V + 1)^(1/2), (V + 1)^(1/4), ...
  int32_t classes;

  explicit LogUniform(int32_t classes) : classes(classes) {
    double power = double(classes) + 1;
    for (double& root : powers) root = power = std::sqrt(power);
  }
  __device__ int32_t operator()(uint64_t bits) const {
    double product = 1;
#pragma unroll
    for (int k = 0; k < kBits; k++) {
      if (bits >> (kBits - 1 - k) & 1) product *= powers[k];
    }
    // Rounded, the largest u may give V + 1.
    int64_t sample = int64_t(product) - 1;
    return int32_t(sample < classes ? sample : classes - 1);
  }
};

struct Alias {
  const float* thresholds;
  const int32_t* aliases;
  int32_t classes;

  __device__ int32_t operator()(uint64_t bits) const {
    // Not to be contracted with the difference. It is below V: what is left to V is more than half of its last place.
    double place = __dmul_rn(double(bits) * 0x1p-53, classes);
    int32_t column = int32_t(place);
    return place - column < thresholds[column] ? column : aliases[column];
  }
};

template <class Distribution>
__global__ void __launch_bounds__(kThreads)
    draw_classes_kernel(Distribution distribution, const int64_t* sequence, int32_t* samples, int64_t count,
                        uint64_t seed, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  uint64_t high = uint64_t(*sequence);
  int64_t stride = int64_t(gridDim.x) * kThreads;
  for (int64_t counter = int64_t(blockIdx.x) * kThreads + threadIdx.x; counter * 2 < count; counter += stride) {
    uint4 words = philox(uint64_t(counter), high, seed);
    samples[counter * 2] = distribution(bits53(words.x, words.y));
    if (count - counter * 2 > 1) samples[counter * 2 + 1] = distribution(bits53(words.z, words.w));
  }
}

// After all have read it.
__global__ void draw_classes_advance_kernel(int64_t* sequence, const surprisal_fault* fault) {
  if (!faulted(fault)) *sequence = int64_t(uint64_t(*sequence) + 1);
}

template <class Distribution>
cudaError_t draw(const Distribution& distribution, int64_t* sequence, int32_t* samples, int64_t count, int64_t seed,
                 const surprisal_stream* stream) {
  Launch launch{blocks_for(ceil_div(count, 2), kThreads), kThreads, surprisal::cuda(stream)};
  cudaError_t result = cudaSuccess;
  if (count > 0) {
    result = SURPRISAL_LAUNCH(draw_classes_kernel<Distribution>, launch, distribution, sequence, samples, count,
                              uint64_t(seed), stream->fault);
  }
  if (result != cudaSuccess) return result;
  Launch one{1, 1, surprisal::cuda(stream)};
  return SURPRISAL_LAUNCH(draw_classes_advance_kernel, one, sequence, stream->fault);
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_draw_classes(const float* thresholds, const int32_t* aliases, int64_t* sequence,
                                      int32_t* samples, int64_t count, int32_t classes, int64_t seed,
                                      const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0 || classes < 1) {
    return invalid("draw classes", "expected 0 samples or more of a class or more, found %lld of %d",
                   static_cast<long long>(count), classes);
  }
  if ((thresholds == nullptr) != (aliases == nullptr)) {
    return invalid("draw classes", "expected thresholds and aliases or neither, found one without the other");
  }
  return launched("draw classes",
                  thresholds == nullptr
                      ? draw(LogUniform(classes), sequence, samples, count, seed, stream)
                      : draw(Alias{thresholds, aliases, classes}, sequence, samples, count, seed, stream));
}
