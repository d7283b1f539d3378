// output[r] = bias in every row r: what a product with a bias starts from.
//
// The output is one run of floats, written 16 bytes at a time from its first aligned element on. The stride of the grid
// is a whole number of periods of the pattern (4 C floats, of which every vector keeps its place), so a thread reads its
// four values of the bias once and then only writes; each float is written once.
#include "../device/fault.cuh"
#include "../device/grid.cuh"
#include "../device/status.cuh"
#include "../device/vector.cuh"

namespace surprisal {
namespace {
constexpr int kThreads = 256;
constexpr int64_t kVectorsEach = 8;

// `head` floats lie before the first aligned one. Threads from `active`, a multiple of columns, on have no vector.
// `aligned`: vectors of the output are vectors of the bias.
__global__ void __launch_bounds__(kThreads)
    fill_rows_kernel(const float* bias, float* output, int64_t count, int64_t columns, int head, int64_t active,
                     bool aligned, const surprisal_fault* fault) {
  if (faulted(fault)) return;
  int64_t thread = int64_t(blockIdx.x) * kThreads + threadIdx.x;
  int64_t vectors = (count - head) / 4;
  if (thread < active && thread < vectors) {
    int64_t at = head + thread * 4;
    float4 value = aligned ? load4(bias + at % columns, true)
                           : make_float4(bias[at % columns], bias[(at + 1) % columns], bias[(at + 2) % columns],
                                         bias[(at + 3) % columns]);
    for (int64_t i = thread; i < vectors; i += active) store4(output + head + i * 4, value, true);
  }
  if (thread < head) output[thread] = bias[thread % columns];
  int64_t last = head + vectors * 4 + thread;
  if (last < count) output[last] = bias[last % columns];
}
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_fill_rows(const float* bias, float* output, int64_t rows, int64_t columns,
                                   const surprisal_stream* stream) {
  using namespace surprisal;
  if (rows < 0 || columns < 0) {
    return invalid("fill rows", "expected sizes of 0 or more, found [%lld, %lld]", static_cast<long long>(rows),
                   static_cast<long long>(columns));
  }
  int64_t count = rows * columns;
  if (count == 0) return SURPRISAL_SUCCESS;
  int64_t head = std::min<int64_t>(count, (16 - reinterpret_cast<uintptr_t>(output) % 16) % 16 / 4);
  // Enough threads for a whole period, and otherwise so few that each has several vectors to write.
  int64_t threads = std::max(columns, ceil_div(count / 4, kVectorsEach));
  Launch launch{blocks_for(threads, kThreads), kThreads, surprisal::cuda(stream)};
  int64_t active = int64_t(launch.grid.x) * kThreads / columns * columns;
  bool aligned = head == 0 && columns % 4 == 0 && aligned16(bias);
  return launched("fill rows", SURPRISAL_LAUNCH(fill_rows_kernel, launch, bias, output, count, columns, int(head),
                                                active, aligned, stream->fault));
}
