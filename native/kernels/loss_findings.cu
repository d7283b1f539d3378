// See device/loss/finding.cuh.
#include "../device/loss/finding.cuh"

namespace surprisal {
namespace {
__global__ __launch_bounds__(1024) void loss_refuse_kernel(surprisal_loss_rows rows, const Finding* findings,
                                                           bool by_token, surprisal_fault* fault) {
  __shared__ int64_t scratch[32];
  if (faulted(fault)) return;
  int64_t from_end = 0;  // of the first bad one
  for (int64_t n = threadIdx.x; n < rows.rows && from_end == 0; n += blockDim.x) {
    if (findings[n].kind != SURPRISAL_FAULT_NONE) from_end = rows.rows - n;
  }
  from_end = block_max(from_end, scratch);
  if (threadIdx.x == 0 && from_end > 0) {
    int64_t n = rows.rows - from_end;
    raise_fault(fault, findings[n].kind, by_token ? token_of(rows, unsigned(n)) : n, findings[n].value, rows.classes);
  }
}
}  // namespace

int refuse_findings(const char* operation, const surprisal_loss_rows& rows, const Finding* findings, bool by_token,
                    const surprisal_stream* stream) {
  return launched(operation, SURPRISAL_LAUNCH(loss_refuse_kernel, (Launch{dim3(1), dim3(1024), cuda(stream)}), rows,
                                              findings, by_token, stream->fault));
}
}  // namespace surprisal

// A Finding a row; more than the one number that cross_entropy.cu needs.
extern "C" int64_t surprisal_loss_workspace(int64_t rows, int32_t) {
  return int64_t(sizeof(surprisal::Finding)) * (rows + 1);
}
