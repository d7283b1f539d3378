// The tanh recurrent layer back through time: with g_t the gradient before tanh at step t,
//   g_t = (grad_output_t + W_hh^T g_{t+1}) (1 - h_t^2),   g_T = 0, grad_final_state added at t = T - 1,
//   grad_initial_state = W_hh^T g_0.
//
// The same recurrence as forward (device/recurrent/on_chip.cuh), over the columns of W_hh, which are read once, into registers;
// step s is t = T - 1 - s, and the gradient of the initial state, if asked for, one step more without tanh. The weight
// gradients are products over all steps of grad_output, overwritten with g, and previous, which is filled on the way:
// the lane that reads h_t writes it to the place of step t + 1. Where W_hh does not fit on chip it is transposed once
// into the workspace, and there is a launch a step.
#include "../device/fault.cuh"
#include "../device/recurrent/launch.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
struct Backward;

template <int K, Exchange E>
__global__ void __launch_bounds__(OnChip<K, E>::kThreads, 1)
    rnn_backward_kernel(const surprisal_fault* fault, Backward pass, Slices slices);

struct Backward {
  static constexpr bool kFromZero = true;

  const float* weight_hh;
  const float* initial_state;
  const float* output;
  const float* grad_final_state;
  float* grad_output;
  float* previous;
  float* grad_initial_state;
  int64_t window;
  int width;

  struct Inputs {
    float grad, h;
  };

  __host__ __device__ int hidden() const {
    return width;
  }
  __host__ __device__ int64_t steps() const {
    return grad_initial_state == nullptr ? window : window + 1;
  }
  // Rows of the transpose are columns: four neighbours at a time.
  template <int R>
  __device__ __forceinline__ void weight(int row, int k, bool aligned, float4 (&rows)[R]) const {
#pragma unroll
    for (int r = 0; r < R; r += 4) {
      float4 from[4];
#pragma unroll
      for (int i = 0; i < 4; i++) {
        from[i] = make_float4(0, 0, 0, 0);
        if (k + i >= width) continue;
        from[i] = load_within<false>(weight_hh + int64_t(k + i) * width, row + r, width, aligned);
      }
      rows[r] = make_float4(from[0].x, from[1].x, from[2].x, from[3].x);
      rows[r + 1] = make_float4(from[0].y, from[1].y, from[2].y, from[3].y);
      rows[r + 2] = make_float4(from[0].z, from[1].z, from[2].z, from[3].z);
      rows[r + 3] = make_float4(from[0].w, from[1].w, from[2].w, from[3].w);
    }
  }
  __device__ int64_t place(int64_t b, int64_t t) const {
    return (b * window + t) * width;
  }
  __device__ const float* state(int64_t b, int64_t s) const {
    return grad_output + place(b, window - s);
  }
  __device__ Inputs read(int64_t b, int row, int64_t s) const {
    if (s == window) return {};
    const int64_t at = place(b, window - 1 - s) + row;
    float grad = grad_output[at];
    if (s == 0 && grad_final_state != nullptr) grad += grad_final_state[b * width + row];
    return {grad, output[at]};
  }
  __device__ float constant(int) const {
    return 0;
  }
  __device__ float finish(int64_t b, int row, int64_t s, float sum, Inputs inputs) const {
    if (s == window) {
      grad_initial_state[b * width + row] = sum;
      return sum;
    }
    const int64_t t = window - 1 - s;
    const int64_t at = place(b, t) + row;
    if (s > 0) previous[at + width] = inputs.h;
    if (t == 0) previous[at] = initial_state[b * width + row];
    float g = (inputs.grad + sum) * fmaf(-inputs.h, inputs.h, 1);
    grad_output[at] = g;
    return g;
  }

  template <int K, Exchange E>
  static auto kernel() {
    return rnn_backward_kernel<K, E>;
  }
  template <int K, Exchange E>
  cudaError_t launch(const Launch& launch, const surprisal_fault* fault, const Slices& slices) const {
    return SURPRISAL_LAUNCH((rnn_backward_kernel<K, E>), launch, fault, *this, slices);
  }
};

template <int K, Exchange E>
__global__ void __launch_bounds__(OnChip<K, E>::kThreads, 1)
    rnn_backward_kernel(const surprisal_fault* fault, Backward pass, Slices slices) {
  if (faulted(fault)) return;
  run_slices<K, E>(pass, slices);
}

__global__ void __launch_bounds__(32 * kStepWarps)
    rnn_backward_step_kernel(const surprisal_fault* fault, Backward pass, const float* transposed, int64_t batch,
                             int64_t step, bool aligned) {
  if (faulted(fault)) return;
  run_step(pass, transposed, batch, step, aligned);
}

constexpr int kSide = 32;
constexpr int kTransposeWarps = 8;

// transposed [n, n] of matrix [n, n], a square of 32 x 32 a block; the 33rd column keeps banks apart.
__global__ void __launch_bounds__(32 * kTransposeWarps)
    rnn_transpose_kernel(const surprisal_fault* fault, const float* matrix, float* transposed, int n) {
  __shared__ float square[kSide][kSide + 1];
  if (faulted(fault)) return;
  const int squares = (n + kSide - 1) / kSide;
  const int top = int(blockIdx.x) / squares * kSide;
  const int left = int(blockIdx.x) % squares * kSide;
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  for (int i = warp; i < kSide; i += kTransposeWarps) {
    if (top + i < n && left + lane < n) square[i][lane] = matrix[int64_t(top + i) * n + left + lane];
  }
  __syncthreads();
  for (int i = warp; i < kSide; i += kTransposeWarps) {
    if (left + i < n && top + lane < n) transposed[int64_t(left + i) * n + top + lane] = square[lane][i];
  }
}

cudaError_t run_steps(const Backward& pass, float* transposed, int64_t batch, bool aligned,
                      const surprisal_stream* stream) {
  const int hidden = pass.hidden();
  const int64_t squares = ceil_div(hidden, kSide);
  cudaError_t result = SURPRISAL_LAUNCH(
      rnn_transpose_kernel,
      (Launch{dim3(unsigned(squares * squares)), dim3(32 * kTransposeWarps), cuda(stream)}),
      stream->fault, pass.weight_hh, transposed, hidden);
  const Launch launch = step_launch(hidden, batch, stream);
  for (int64_t step = 0; step < pass.steps() && result == cudaSuccess; step++) {
    result = SURPRISAL_LAUNCH(rnn_backward_step_kernel, launch, stream->fault, pass, transposed, batch, step,
                              aligned && aligned16(transposed));
  }
  return result;
}
}  // namespace

int rnn_backward(RecurrentPath fastest, const float* weight_hh, const float* initial_state, const float* output,
                 const float* grad_final_state, float* grad_output, float* previous, float* grad_initial_state,
                 void* workspace, int64_t batch, int64_t window, int32_t hidden, const surprisal_stream* stream) {
  if (batch < 0 || window < 1 || hidden < 1) {
    return invalid("rnn_backward", "expected B >= 0, T >= 1 and H >= 1, found B = %lld, T = %lld and H = %d",
                   static_cast<long long>(batch), static_cast<long long>(window), hidden);
  }
  if (batch == 0) return SURPRISAL_SUCCESS;
  Backward pass = {weight_hh,   initial_state, output,  grad_final_state,
                   grad_output, previous,      grad_initial_state, window, hidden};
  bool aligned = hidden % 4 == 0 && aligned16(weight_hh) && aligned16(grad_output);
  cudaError_t result = cudaSuccess;
  if (!ran_on_chip(fastest, pass, batch, aligned, static_cast<unsigned*>(workspace), stream, result)) {
    float* transposed = reinterpret_cast<float*>(static_cast<unsigned char*>(workspace) + kCounterBytes);
    result = run_steps(pass, transposed, batch, aligned, stream);
  }
  return launched("rnn_backward", result);
}
}  // namespace surprisal

extern "C" int surprisal_rnn_backward(const float* weight_hh, const float* initial_state, const float* output,
                                      const float* grad_final_state, float* grad_output, float* previous,
                                      float* grad_initial_state, void* workspace, int64_t batch, int64_t window,
                                      int32_t hidden, const surprisal_stream* stream) {
  return surprisal::rnn_backward(surprisal::RecurrentPath::kCluster, weight_hh, initial_state, output,
                                 grad_final_state, grad_output, previous, grad_initial_state, workspace, batch, window,
                                 hidden, stream);
}
