// How rows of logits are laid out over the device.
//
// A row is kept on chip from its one read to its one write. Rows of up to 1024 classes go to a warp each, longer ones
// to a block, as long as three blocks fit a multiprocessor, so that one reads while others compute and write; beyond
// that to the fewest blocks of a cluster of which three, else two, else one fit a multiprocessor. Where a GPU has no
// clusters, or a row fits none, a block reads it twice. Each layout sums in another order: the bits of a loss depend on
// the number of classes and the kind of GPU.
#include "../device/cross_entropy.cuh"
#include "../device/status.cuh"

namespace surprisal {
namespace {
constexpr unsigned kWarpClasses = 1024;
constexpr unsigned kWarpThreads = 256;
constexpr size_t kReservedOfBlock = 1024;  // what CUDA itself keeps of shared memory for each block

int attribute(cudaDeviceAttr which) {
  int device = 0, value = 0;
  if (cudaGetDevice(&device) != cudaSuccess) return 0;
  if (cudaDeviceGetAttribute(&value, which, device) != cudaSuccess) return 0;
  return value;
}

unsigned slice_of(unsigned classes, unsigned ranks) {
  return ((classes + ranks - 1) / ranks + 3) / 4 * 4;
}

size_t shared_of(unsigned slice) {
  return sizeof(Agreement) + staged_floats(slice) * sizeof(float);
}

void choose(unsigned classes, const void* cluster_kernel, Layout* layout) {
  size_t of_block = (size_t)attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin);
  size_t of_multiprocessor = (size_t)attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor);
  unsigned most = attribute(cudaDevAttrComputeCapabilityMajor) >= 9 ? kMostRanks : 1;
  for (unsigned resident = 3; resident > 0; resident--) {
    for (unsigned ranks = 1; ranks <= most; ranks *= 2) {
      unsigned slice = slice_of(classes, ranks);
      size_t shared = shared_of(slice);
      if (shared > of_block || resident * (shared + kReservedOfBlock) > of_multiprocessor) continue;
      Launch launch;
      launch.grid = dim3(ranks);
      launch.block = dim3(slice > 4096 ? kMostRowThreads : 256);
      launch.shared_bytes = shared;
      launch.cluster = ranks;
      if (ranks > 1 && !cluster_fits(cluster_kernel, launch)) continue;
      *layout = {ranks == 1 ? Layout::kBlock : Layout::kCluster, launch, slice};
      return;
    }
  }
  Launch launch;
  launch.block = dim3(kMostRowThreads);
  launch.shared_bytes = sizeof(Agreement);
  *layout = {Layout::kStreamed, launch, classes};
}

// One block.
__global__ __launch_bounds__(1024) void loss_positions_kernel(const int32_t* positions, int64_t rows, int tokens,
                                                              surprisal_fault* fault) {
  __shared__ int64_t scratch[32];
  if (faulted(fault)) return;
  int64_t outside = first_outside(positions, rows, tokens, kNoException, scratch);
  if (outside < rows && threadIdx.x == 0) {
    raise_fault(fault, SURPRISAL_FAULT_POSITION, outside, positions[outside], tokens);
  }
}
}  // namespace

int check_positions(const surprisal_loss_rows& rows, const surprisal_stream* stream) {
  if (rows.positions == nullptr) return SURPRISAL_SUCCESS;
  return launched("loss_positions",
                  SURPRISAL_LAUNCH(loss_positions_kernel, (Launch{dim3(1), dim3(1024), cuda(stream)}), rows.positions,
                                   rows.rows, (int)rows.tokens, stream->fault));
}

int layout_rows(const char* operation, const surprisal_loss_rows& of, const void* cluster_kernel,
                const surprisal_stream* stream, Layout* layout) {
  int64_t rows = of.rows;
  int32_t classes = of.classes;
  if (classes < 1) return invalid(operation, "logits of no class at all");
  if (of.tokens < 0 || of.tokens > INT32_MAX) {
    return invalid(operation, "%lld tokens, at most %d are taken", (long long)of.tokens, INT32_MAX);
  }
  int64_t blocks = rows;
  if ((unsigned)classes <= kWarpClasses) {
    unsigned at_once = kWarpThreads / 32;
    layout->kind = Layout::kWarp;
    layout->slice = (unsigned)classes;
    layout->launch.block = dim3(kWarpThreads);
    layout->launch.shared_bytes = at_once * staged_floats((size_t)classes) * sizeof(float);
    blocks = (rows + at_once - 1) / at_once;
  } else {
    choose((unsigned)classes, cluster_kernel, layout);
    blocks = rows * layout->launch.cluster;
  }
  if (rows < 0 || rows > INT32_MAX || blocks > INT32_MAX) {
    return invalid(operation, "%lld rows, at most %d are taken", (long long)rows, INT32_MAX);
  }
  layout->launch.grid = dim3((unsigned)blocks);
  layout->launch.stream = cuda(stream);
  return SURPRISAL_SUCCESS;
}

}  // namespace surprisal

// A Finding a row at most; see cross_entropy_soft.cu.
extern "C" int64_t surprisal_loss_workspace(int64_t rows, int32_t) {
  return 16 * (rows + 1);
}
