// float32 to bfloat16, the nearest with ties to even, and back, exactly.
//
// A thread reads four elements and writes four, 16 bytes of the floats and 8 of the others at once where they lie so.
#include "../device/bfloat16.cuh"
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;

__global__ void __launch_bounds__(kThreads)
    convert_to_bfloat16_kernel(const float* source, uint16_t* target, int64_t count, bool aligned,
                               const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int64_t stride = int64_t(gridDim.x) * kThreads * 4;
  for (int64_t at = (int64_t(blockIdx.x) * kThreads + threadIdx.x) * 4; at < count; at += stride) {
    if (aligned && count - at >= 4) {
      float4 four = load4(source + at, true);
      *reinterpret_cast<uint2*>(target + at) =
          make_uint2(rounded(four.x) | rounded(four.y) << 16, rounded(four.z) | rounded(four.w) << 16);
    } else {
      for (int64_t i = at; i < count && i < at + 4; i++) target[i] = uint16_t(rounded(source[i]));
    }
  }
}

__global__ void __launch_bounds__(kThreads)
    convert_to_float32_kernel(const uint16_t* source, float* target, int64_t count, bool aligned,
                              const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int64_t stride = int64_t(gridDim.x) * kThreads * 4;
  for (int64_t at = (int64_t(blockIdx.x) * kThreads + threadIdx.x) * 4; at < count; at += stride) {
    if (aligned && count - at >= 4) {
      uint2 four = *reinterpret_cast<const uint2*>(source + at);
      float2 low = widened(four.x);
      float2 high = widened(four.y);
      store4(target + at, make_float4(low.x, low.y, high.x, high.y), true);
    } else {
      for (int64_t i = at; i < count && i < at + 4; i++) target[i] = widened(source[i]).x;
    }
  }
}

bool in_fours(const void* floats, const void* halves) {
  return aligned16(floats) && reinterpret_cast<uintptr_t>(halves) % 8 == 0;
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_convert(const void* source, void* target, int64_t count, int type_source, int type_target,
                                 const surprisal_stream* stream) {
  using namespace surprisal;
  if (count < 0) return invalid("convert", "expected 0 elements or more, found %lld", static_cast<long long>(count));
  bool rounds = type_source == SURPRISAL_FLOAT32 && type_target == SURPRISAL_BFLOAT16;
  bool widens = type_source == SURPRISAL_BFLOAT16 && type_target == SURPRISAL_FLOAT32;
  if (!rounds && !widens)
    return invalid("convert", "expected types 0 and 1 or 1 and 0, found %d and %d", type_source, type_target);
  if (count == 0) return SURPRISAL_SUCCESS;
  Launch launch{blocks_for(ceil_div(count, 4), kThreads), kThreads, surprisal::cuda(stream)};
  cudaError_t result;
  if (rounds) {
    result = SURPRISAL_LAUNCH(convert_to_bfloat16_kernel, launch, static_cast<const float*>(source),
                              static_cast<uint16_t*>(target), count, in_fours(source, target), stream->fault);
  } else {
    result = SURPRISAL_LAUNCH(convert_to_float32_kernel, launch, static_cast<const uint16_t*>(source),
                              static_cast<float*>(target), count, in_fours(target, source), stream->fault);
  }
  return launched("convert", result);
}
