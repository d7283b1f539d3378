// Adam (Kingma and Ba 2015, algorithm 1) over all parameters in one launch, as PyTorch's:
//
//   g = clip gradient + weight_decay p     m += (1 - beta1) (g - m)     v = beta2 v + (1 - beta2) g^2
//   p -= learning_rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
//
// A kernel of one thread raises the step t and works out what is the same for all parameters, in double: both step and
// learning rate lie in device memory, so that a replayed graph goes on from step to step. The second kernel moves 28
// bytes a parameter, 16 at a time: a block takes tiles of 4096 parameters, and the grid is what the device holds, so that
// the scalars are read once and then used many times. Nothing is contracted to an FMA: parameters follow the CPU device's
// bit for bit.
#include <climits>
#include <cmath>

#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int kTile = kThreads * 4 * 4;

// What the first kernel leaves to the second.
struct alignas(16) Scalars {
  float clip;
  float step_size;
  float root_correction;
};

struct Options {
  float weight_decay, first_rate, beta2, second_rate, eps;
};

// By squaring, as the CPU device does it.
__device__ double power(double base, int exponent) {
  double result = 1;
  double square = base;
  for (int rest = exponent; rest > 0; rest >>= 1) {
    result *= (rest & 1) == 1 ? square : 1;
    square *= square;
  }
  return result;
}

__global__ void adam_prepare_kernel(const float* learning_rate, const float* gradient_norm, int32_t* step,
                                    Scalars* scalars, double beta1, double beta2, double max_norm,
                                    const surprisal_fault* fault) {
  if (faulted(fault)) return;
  // The corrections are 1 long before the last step that an int32 counts.
  int t = *step < INT_MAX ? *step + 1 : INT_MAX;
  double clip = gradient_norm ? max_norm / (*gradient_norm + 1e-6) : 1;
  scalars->clip = float(clip >= 1 ? 1 : clip);  // a norm that is no number shows
  scalars->step_size = float(*learning_rate / (1 - power(beta1, t)));
  scalars->root_correction = float(sqrt(1 - power(beta2, t)));
  *step = t;
}

struct Parameter {
  float p, m, v;
};

__device__ __forceinline__ Parameter updated(float p, float gradient, float m, float v, const Scalars& scalars,
                                             const Options& options) {
  float g = __fadd_rn(__fmul_rn(gradient, scalars.clip), __fmul_rn(p, options.weight_decay));
  m = __fadd_rn(m, __fmul_rn(options.first_rate, __fsub_rn(g, m)));
  v = __fadd_rn(__fmul_rn(v, options.beta2), __fmul_rn(__fmul_rn(options.second_rate, g), g));
  float denominator = __fadd_rn(sqrtf(v) / scalars.root_correction, options.eps);
  return {__fsub_rn(p, __fmul_rn(scalars.step_size, m) / denominator), m, v};
}

__global__ void __launch_bounds__(kThreads)
    adam_kernel(const float* __restrict__ gradients, const Scalars* prepared, float* __restrict__ parameters,
                float* __restrict__ first_moments, float* __restrict__ second_moments, int64_t count, Options options,
                bool aligned, const surprisal_fault* fault) {
  __shared__ Scalars scalars;
  if (faulted(fault)) return;
  if (threadIdx.x == 0) scalars = *prepared;
  __syncthreads();
  for (int64_t start = int64_t(blockIdx.x) * kTile; start < count; start += int64_t(gridDim.x) * kTile) {
#pragma unroll 2
    for (int k = 0; k < kTile; k += kThreads * 4) {
      int64_t at = start + k + threadIdx.x * 4;
      if (at + 4 <= count) {
        float4 p = load4(parameters + at, aligned);
        float4 g = load4(gradients + at, aligned);
        float4 m = load4(first_moments + at, aligned);
        float4 v = load4(second_moments + at, aligned);
        Parameter x = updated(p.x, g.x, m.x, v.x, scalars, options);
        Parameter y = updated(p.y, g.y, m.y, v.y, scalars, options);
        Parameter z = updated(p.z, g.z, m.z, v.z, scalars, options);
        Parameter w = updated(p.w, g.w, m.w, v.w, scalars, options);
        store4(parameters + at, make_float4(x.p, y.p, z.p, w.p), aligned);
        store4(first_moments + at, make_float4(x.m, y.m, z.m, w.m), aligned);
        store4(second_moments + at, make_float4(x.v, y.v, z.v, w.v), aligned);
      } else {
        for (int64_t i = at; i < count; i++) {
          Parameter x = updated(parameters[i], gradients[i], first_moments[i], second_moments[i], scalars, options);
          parameters[i] = x.p;
          first_moments[i] = x.m;
          second_moments[i] = x.v;
        }
      }
    }
  }
}
}  // namespace
}  // namespace surprisal

extern "C" int64_t surprisal_adam_workspace(void) {
  return sizeof(surprisal::Scalars);
}

extern "C" int surprisal_adam(const surprisal_adam_step* step, void* workspace, const surprisal_stream* stream) {
  using namespace surprisal;
  const surprisal_adam_step& s = *step;
  if (s.count < 0) return invalid("Adam", "expected 0 parameters or more, found %lld", static_cast<long long>(s.count));
  if (!(s.beta1 >= 0 && s.beta1 < 1 && s.beta2 >= 0 && s.beta2 < 1 && s.eps >= 0 && s.weight_decay >= 0 &&
        s.max_norm > 0)) {
    return invalid("Adam",
                   "expected betas in [0, 1), eps and weight decay of 0 or more and a maximal norm above 0, found %g, "
                   "%g, %g, %g and %g",
                   s.beta1, s.beta2, s.eps, s.weight_decay, s.max_norm);
  }
  Scalars* scalars = static_cast<Scalars*>(workspace);
  Launch prepare{1, 1, surprisal::cuda(stream)};
  cudaError_t result = SURPRISAL_LAUNCH(adam_prepare_kernel, prepare, s.learning_rate, s.gradient_norm, s.step, scalars,
                                        s.beta1, s.beta2, s.max_norm, stream->fault);
  if (result != cudaSuccess || s.count == 0) return launched("Adam", result);
  Options options{float(s.weight_decay), float(1 - s.beta1), float(s.beta2), float(1 - s.beta2), float(s.eps)};
  bool aligned =
      aligned16(s.gradients) && aligned16(s.parameters) && aligned16(s.first_moments) && aligned16(s.second_moments);
  Launch launch{1, kThreads, surprisal::cuda(stream)};
  unsigned blocks = 0;
  result = resident_blocks(adam_kernel, kThreads, s.count, kTile, &blocks);
  if (result == cudaSuccess) {
    launch.grid = blocks;
    result = SURPRISAL_LAUNCH(adam_kernel, launch, s.gradients, scalars, s.parameters, s.first_moments,
                              s.second_moments, s.count, options, aligned, stream->fault);
  }
  return launched("Adam", result);
}
