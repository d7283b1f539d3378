// Uniform and normal random numbers: elements 4i to 4i + 3 come from the four words of Philox's counter i.
//
// A thread owns a counter and stores its four numbers at once, so that a warp writes 512 bytes in a row; nothing is read.
// Uniform numbers have the CPU device's bits, hence the products and sums that are not to be contracted. Normal ones
// are worked out in double, from Box and Muller's radius sqrt(-2 log u) and angle 2 pi v, and rounded once.
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/philox.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;

struct Uniform {
  float low, width, largest;

  __device__ float one(uint32_t word) const {
    float value = __fadd_rn(low, __fmul_rn(uniform01(word), width));
    return value < largest ? value : largest;
  }
  __device__ float4 operator()(uint4 words) const {
    return make_float4(one(words.x), one(words.y), one(words.z), one(words.w));
  }
};

struct Normal {
  double mean, deviation;

  __device__ float2 pair(uint32_t word, uint32_t other_word) const {
    constexpr double kTurn = 6.283185307179586;
    double radius = sqrt(-2 * log(positive01(word)));
    double angle = kTurn * positive01(other_word);
    return make_float2(float(mean + deviation * radius * cos(angle)), float(mean + deviation * radius * sin(angle)));
  }
  __device__ float4 operator()(uint4 words) const {
    float2 first = pair(words.x, words.y);
    float2 second = pair(words.z, words.w);
    return make_float4(first.x, first.y, second.x, second.y);
  }
};

template <class Distribution>
__global__ void __launch_bounds__(kThreads)
    random_kernel(float* output, int64_t count, Distribution distribution, uint64_t seed, uint64_t sequence,
                  bool aligned, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int64_t stride = int64_t(gridDim.x) * kThreads;
  for (int64_t counter = int64_t(blockIdx.x) * kThreads + threadIdx.x; counter * 4 < count; counter += stride) {
    float4 numbers = distribution(philox(uint64_t(counter), sequence, seed));
    float* to = output + counter * 4;
    int64_t left = count - counter * 4;
    if (left >= 4) {
      store4(to, numbers, aligned);
    } else {
      to[0] = numbers.x;
      if (left > 1) to[1] = numbers.y;
      if (left > 2) to[2] = numbers.z;
    }
  }
}

template <class Distribution>
int fill(const char* operation, float* output, int64_t count, Distribution distribution, int64_t seed, int64_t sequence,
         const surprisal_stream* stream) {
  if (count < 0) return invalid(operation, "expected 0 elements or more, found %lld", static_cast<long long>(count));
  if (count == 0) return SURPRISAL_SUCCESS;
  Launch launch{blocks_for(ceil_div(count, 4), kThreads), kThreads, cuda(stream)};
  return launched(operation, SURPRISAL_LAUNCH(random_kernel<Distribution>, launch, output, count, distribution,
                                              uint64_t(seed), uint64_t(sequence), aligned16(output), stream->fault));
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_uniform(float* output, int64_t count, float low, float high, int64_t seed, int64_t sequence,
                                 const surprisal_stream* stream) {
  using namespace surprisal;
  float width = high - low;
  if (!(width > 0 && width <= 3.402823466e38f)) {
    return invalid("uniform", "expected a finite range of numbers, found [%g, %g)", double(low), double(high));
  }
  Uniform distribution{low, width, std::nextafterf(high, -INFINITY)};
  return fill("uniform", output, count, distribution, seed, sequence, stream);
}

extern "C" int surprisal_normal(float* output, int64_t count, float mean, float deviation, int64_t seed,
                                int64_t sequence, const surprisal_stream* stream) {
  using namespace surprisal;
  if (!(std::isfinite(mean) && std::isfinite(deviation) && deviation >= 0)) {
    return invalid("normal", "expected a finite mean and a deviation of 0 or more, found %g and %g", double(mean),
                   double(deviation));
  }
  Normal distribution{mean, deviation};
  return fill("normal", output, count, distribution, seed, sequence, stream);
}
