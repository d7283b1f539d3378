// The logarithm of softmax, in some of the columns of a wider matrix: output[n, v] = z[n, v] - max - log1p(rest), with
// max and rest as in device/loss/peak.cuh, and something added that belongs to the row: where the classes are those
// of a cluster, the cluster's own log-probability.
//
// A block a row, which is read twice: it is kept nowhere, so that classes may be any number.
#include "../device/fault.cuh"
#include "../device/loss/peak.cuh"
#include "../device/loss/row_group.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr unsigned kThreads = 256;

struct Shift {
  float max;
  float added;
};

// A logit is read by the thread that writes in its place, so that output may be the logits.
__global__ __launch_bounds__(kThreads) void log_softmax_kernel(const float* logits, const float* offsets, float* output,
                                                               unsigned classes, int64_t offset_stride,
                                                               int64_t output_stride, const surprisal_fault* fault) {
  __shared__ Exchange<Peak> peaks;
  __shared__ Shift shared;
  if (faulted(fault)) return;
  BlockGroup<false> group;
  int64_t n = group.row();
  const float* row = logits + n * classes;
  Peak peak = group.agree(peak_of(group, classes, 1, [&](unsigned v) { return row[v]; }), &peaks, no_peak(1));
  Shift shift = {};
  if (group.leads()) {
    double log_sum = log1p(checked(peak).rest);
    double offset = offsets == nullptr ? 0 : offsets[n * offset_stride];
    shift = {peak.max, float(offset - log_sum)};
  }
  shift = group.share(shift, &shared);
  float* out = output + n * output_stride;
  for (unsigned v = group.thread(); v < classes; v += group.threads()) out[v] = (row[v] - shift.max) + shift.added;
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_log_softmax(const float* logits, const float* offsets, float* output, int64_t rows,
                                     int32_t classes, int64_t offset_stride, int64_t output_stride,
                                     const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || rows > INT32_MAX)
    return invalid("log_softmax", "expected rows in [0, 2^31), found %lld", static_cast<long long>(rows));
  if (classes < 1) return invalid("log_softmax", "expected a class or more, found %d", classes);
  if (output_stride < classes || (offsets != nullptr && offset_stride < 1)) {
    return invalid("log_softmax",
                   "expected an offset stride of 1 or more and an output stride of %d or more, found %lld and %lld",
                   classes, static_cast<long long>(offset_stride), static_cast<long long>(output_stride));
  }
  if (rows == 0) return SURPRISAL_SUCCESS;
  Launch launch{dim3(unsigned(rows)), dim3(kThreads), surprisal::cuda(stream)};
  return launched("log_softmax", SURPRISAL_LAUNCH(log_softmax_kernel, launch, logits, offsets, output,
                                                  unsigned(classes), offset_stride, output_stride, stream->fault));
}
