// A recurrent layer back through time: device/recurrent/backward.cuh has the formula and how it is run.
#include "../device/recurrent/backward.cuh"
#include "../device/recurrent/tanh_cell.cuh"

namespace surprisal {
namespace {
constexpr int kSide = 32;
constexpr int kTransposeWarps = 8;

// transposed [columns, rows] of matrix [rows, columns], a square of 32 x 32 a block; the 33rd column keeps banks apart.
__global__ void __launch_bounds__(32 * kTransposeWarps)
    recurrent_transpose_kernel(const surprisal_fault* fault, const float* matrix, float* transposed, int rows,
                               int columns) {
  __shared__ float square[kSide][kSide + 1];
  if (faulted(fault)) return;
  const int squares = (columns + kSide - 1) / kSide;  // side by side
  const int top = int(blockIdx.x) / squares * kSide;
  const int left = int(blockIdx.x) % squares * kSide;
  const int lane = threadIdx.x % 32;
  const int warp = threadIdx.x / 32;
  for (int i = warp; i < kSide; i += kTransposeWarps) {
    if (top + i < rows && left + lane < columns) {
      square[i][lane] = matrix[int64_t(top + i) * columns + left + lane];
    }
  }
  __syncthreads();
  for (int i = warp; i < kSide; i += kTransposeWarps) {
    if (left + i < columns && top + lane < rows) {
      transposed[int64_t(left + i) * rows + top + lane] = square[lane][i];
    }
  }
}
}  // namespace

cudaError_t recurrent_transpose(const float* matrix, float* transposed, int rows, int columns,
                                const surprisal_stream* stream) {
  const int64_t squares = ceil_div(rows, kSide) * ceil_div(columns, kSide);
  const Launch launch{dim3(unsigned(squares)), dim3(32 * kTransposeWarps), cuda(stream)};
  return SURPRISAL_LAUNCH(recurrent_transpose_kernel, launch, stream->fault, matrix, transposed, rows, columns);
}

int recurrent_backward(RecurrentPath fastest, const surprisal_recurrent_layer& layer,
                       const surprisal_recurrent_gradients& gradients, void* workspace,
                       const surprisal_stream* stream) {
  int status = check_layer("recurrent_backward", layer);
  if (status == SURPRISAL_SUCCESS) {
    status = check_state("recurrent_backward", "grad_final_state", gradients.grad_final_state);
  }
  if (status == SURPRISAL_SUCCESS) {
    status = check_state("recurrent_backward", "grad_initial_state", gradients.grad_initial_state);
  }
  if (status != SURPRISAL_SUCCESS || layer.batch == 0) return status;
  return launched("recurrent_backward", run_backward<TanhCell>(fastest, layer, gradients, workspace, stream));
}
}  // namespace surprisal

extern "C" int surprisal_recurrent_backward(const surprisal_recurrent_layer* layer,
                                            const surprisal_recurrent_gradients* gradients, void* workspace,
                                            const surprisal_stream* stream) {
  return surprisal::recurrent_backward(surprisal::RecurrentPath::kCluster, *layer, *gradients, workspace, stream);
}
