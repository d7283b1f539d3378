// See device/loss/loss_layout.cuh.
#include "../device/fault.cuh"
#include "../device/loss/loss_layout.cuh"
#include "../device/loss/loss_row.cuh"

namespace surprisal {
namespace {
constexpr unsigned kWarpClasses = 1024;
constexpr unsigned kWarpThreads = 256;
constexpr size_t kReservedOfBlock = 1024;  // what CUDA itself keeps of shared memory for each block

unsigned slice_of(unsigned classes, unsigned ranks) {
  return ((classes + ranks - 1) / ranks + 3) / 4 * 4;
}

bool choose(unsigned classes, const RowMemory& memory, const void* cluster_kernel, RowLayout* layout) {
  size_t of_block = size_t(device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin));
  size_t of_multiprocessor = size_t(device_attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor));
  unsigned most = device_attribute(cudaDevAttrComputeCapabilityMajor) >= 9 ? kMostRanks : 1;
  for (unsigned resident = 3; resident > 0; resident--) {
    for (unsigned ranks = 1; ranks <= most; ranks *= 2) {
      unsigned slice = slice_of(classes, ranks);
      size_t shared = memory.agreement + slice_floats(memory, slice, true) * sizeof(float);
      if (shared > of_block || resident * (shared + kReservedOfBlock) > of_multiprocessor) continue;
      Launch launch;
      launch.grid = dim3(ranks);
      launch.block = dim3(slice > 4096 ? kMostRowThreads : 256);
      launch.shared_bytes = shared;
      launch.cluster = ranks;
      if (ranks > 1 && !cluster_fits(cluster_kernel, launch)) continue;
      *layout = {ranks == 1 ? RowLayout::kBlock : RowLayout::kCluster, launch, slice};
      return true;
    }
  }
  Launch launch;
  launch.block = dim3(kMostRowThreads);
  launch.shared_bytes = memory.agreement + slice_floats(memory, classes, false) * sizeof(float);
  *layout = {RowLayout::kStreamed, launch, classes};
  return launch.shared_bytes <= of_block;
}

// One block. Positions come before targets, and of those the first row's.
__global__ __launch_bounds__(1024) void loss_check_kernel(surprisal_loss_rows rows, const int32_t* targets, int ignored,
                                                          surprisal_fault* fault) {
  __shared__ int64_t scratch[32];
  if (faulted(fault)) return;
  if (rows.positions != nullptr) {
    int64_t outside = first_outside(rows.positions, rows.rows, int(rows.tokens), kNoException, scratch);
    if (outside < rows.rows) {
      if (threadIdx.x == 0) {
        raise_fault(fault, SURPRISAL_FAULT_POSITION, outside, rows.positions[outside], int(rows.tokens));
      }
      return;
    }
  }
  if (targets == nullptr) return;
  int64_t outside = rows.rows;
  if (rows.positions == nullptr) {
    outside = first_outside(targets, rows.rows, rows.classes, ignored, scratch);
  } else {
    int64_t from_end = 0;
    for (int64_t n = threadIdx.x; n < rows.rows && from_end == 0; n += blockDim.x) {
      int target = targets[rows.positions[n]];
      if ((target < 0 || target >= rows.classes) && target != ignored) from_end = rows.rows - n;
    }
    outside -= block_max(from_end, scratch);
  }
  if (outside < rows.rows && threadIdx.x == 0) {
    unsigned token = token_of(rows, unsigned(outside));
    raise_fault(fault, SURPRISAL_FAULT_TARGET, token, targets[token], rows.classes);
  }
}
}  // namespace

int layout_rows(const char* operation, const surprisal_loss_rows& rows, const RowMemory& memory,
                const void* cluster_kernel, const surprisal_stream* stream, RowLayout* layout) {
  unsigned classes = unsigned(rows.classes);
  int64_t blocks = rows.rows;
  if (classes <= kWarpClasses) {
    unsigned at_once = kWarpThreads / 32;
    layout->kind = RowLayout::kWarp;
    layout->slice = classes;
    layout->launch.block = dim3(kWarpThreads);
    layout->launch.shared_bytes = at_once * slice_floats(memory, classes, true) * sizeof(float);
    blocks = (rows.rows + at_once - 1) / at_once;
  } else {
    if (!choose(classes, memory, cluster_kernel, layout)) {
      return invalid(operation, "expected classes whose marks fit a multiprocessor, found %u", classes);
    }
    blocks = rows.rows * layout->launch.cluster;
  }
  if (blocks > INT32_MAX)
    return invalid(operation, "expected rows for one launch, found %lld", static_cast<long long>(rows.rows));
  layout->launch.grid = dim3(unsigned(blocks));
  layout->launch.stream = cuda(stream);
  return SURPRISAL_SUCCESS;
}

int check_rows(const char* operation, const surprisal_loss_rows& rows, const surprisal_stream* stream) {
  return check_rows(operation, rows, nullptr, 0, stream);
}

int check_rows(const char* operation, const surprisal_loss_rows& rows, const int32_t* targets, int32_t ignored,
               const surprisal_stream* stream) {
  if (rows.classes < 1) return invalid(operation, "expected a class or more, found %d", rows.classes);
  if (rows.rows < 0 || rows.rows > INT32_MAX) {
    return invalid(operation, "expected rows in [0, 2^31), found %lld", static_cast<long long>(rows.rows));
  }
  if (rows.tokens < rows.rows || rows.tokens > INT32_MAX) {
    return invalid(operation, "expected as many tokens as rows or more, below 2^31, found %lld and %lld rows",
                   static_cast<long long>(rows.tokens), static_cast<long long>(rows.rows));
  }
  if (!(rows.scale > 0 && rows.soft_cap >= 0 && rows.z_loss >= 0 && rows.confidence_penalty >= 0)) {
    return invalid(
        operation,
        "expected a scale above 0 and a soft cap, z-loss and confidence penalty of 0 or more, found %g, %g, %g and %g",
        double(rows.scale), double(rows.soft_cap), double(rows.z_loss), double(rows.confidence_penalty));
  }
  if (rows.rows == 0 || (rows.positions == nullptr && targets == nullptr)) return SURPRISAL_SUCCESS;
  return launched(operation, SURPRISAL_LAUNCH(loss_check_kernel, (Launch{dim3(1), dim3(1024), cuda(stream)}), rows,
                                              targets, ignored, stream->fault));
}
}  // namespace surprisal
