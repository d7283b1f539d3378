// Dropout (Srivastava et al. 2014): output = input / (1 - p) where the uniform number of the element is p or more, else
// 0. The mask is never stored: the gradient draws it again from the same counters.
//
// A thread owns four elements, the numbers of one Philox counter; one read and one write of the tensor. The sequence
// lies in device memory, so that a replayed graph draws another mask at each step.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/philox.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;

__device__ __forceinline__ float kept(float value, uint32_t word, float probability, float scale) {
  return uniform01(word) >= probability ? value * scale : 0;
}

__global__ void __launch_bounds__(kThreads)
    dropout_kernel(const float* input, const int64_t* sequence, float* output, int64_t count, float probability,
                   float scale, uint64_t seed, bool aligned, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  uint64_t high = uint64_t(*sequence);
  int64_t stride = int64_t(gridDim.x) * kThreads;
  for (int64_t counter = int64_t(blockIdx.x) * kThreads + threadIdx.x; counter * 4 < count; counter += stride) {
    int64_t at = counter * 4;
    uint4 words = philox(uint64_t(counter), high, seed);
    if (count - at >= 4) {
      float4 x = load4(input + at, aligned);
      x.x = kept(x.x, words.x, probability, scale);
      x.y = kept(x.y, words.y, probability, scale);
      x.z = kept(x.z, words.z, probability, scale);
      x.w = kept(x.w, words.w, probability, scale);
      store4(output + at, x, aligned);
    } else {
      output[at] = kept(input[at], words.x, probability, scale);
      if (count - at > 1) output[at + 1] = kept(input[at + 1], words.y, probability, scale);
      if (count - at > 2) output[at + 2] = kept(input[at + 2], words.z, probability, scale);
    }
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_dropout(const float* input, const int64_t* sequence, float* output, int64_t count,
                                 float probability, int64_t seed, const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0) return invalid("dropout", "expected 0 elements or more, found %lld", static_cast<long long>(count));
  if (!(probability >= 0 && probability <= 1)) {
    return invalid("dropout", "expected a probability in [0, 1], found %g", double(probability));
  }
  if (count == 0) return SURPRISAL_SUCCESS;
  // At probability 1 nothing is kept, and the scale is not used.
  float scale = float(1 / (1 - double(probability)));
  Launch launch{blocks_for(ceil_div(count, 4), kThreads), kThreads, surprisal::cuda(stream)};
  return launched("dropout",
                  SURPRISAL_LAUNCH(dropout_kernel, launch, input, sequence, output, count, probability, scale,
                                   uint64_t(seed), aligned16(input) && aligned16(output), stream->fault));
}
