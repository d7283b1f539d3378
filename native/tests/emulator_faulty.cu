// Each constant k...Line stands right below the kernel whose faulty line it names.
#include "emulator_faulty.h"

namespace emulated {
using surprisal::Launch;
namespace groups = cooperative_groups;

namespace {
// ---- meetings that go wrong

__global__ void divergent_kernel(float* out) {
  if (threadIdx.x < 32) {
    __syncthreads();
  } else {
    out[threadIdx.x] = 1;
    __syncthreads();
  }
}
constexpr int kDivergentLine = __LINE__ - 3;

__global__ void early_exit_kernel(float* out) {
  if (threadIdx.x > 100) return;
  out[threadIdx.x] = 1;
  __syncthreads();
}
constexpr int kEarlyExitLine = __LINE__ - 2;

__global__ void source_outside_mask_kernel(float* out) {
  if (threadIdx.x < 16) {
    out[threadIdx.x] = __shfl_down_sync(0x0000ffffu, out[threadIdx.x], 8);
  }
}
constexpr int kSourceOutsideMaskLine = __LINE__ - 3;

__global__ void diverged_lanes_kernel(float* out) {
  if (threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, out[threadIdx.x], 1);
}
constexpr int kDivergedLanesLine = __LINE__ - 2;

__global__ void lane_outside_mask_kernel(float* out) {
  out[threadIdx.x] = float(__ballot_sync(0x0000ffffu, threadIdx.x < 20));
}
constexpr int kLaneOutsideMaskLine = __LINE__ - 2;

__global__ void different_operations_kernel(float* out) {
  if (threadIdx.x % 2 == 0) {
    out[threadIdx.x] = __shfl_xor_sync(0xffffffffu, 1.0f, 1);
  } else {
    __syncwarp();
  }
}
constexpr int kDifferentOperationsLine = __LINE__ - 3;

__global__ void barrier_in_operation_kernel(float* out) {
  if (threadIdx.x == 0) {
    __syncthreads();
  } else {
    out[threadIdx.x] = float(__ballot_sync(0xffffffffu, 1));
  }
}
constexpr int kBarrierInOperationLine = __LINE__ - 3;

__global__ void grid_barrier_kernel(float* out) {
  groups::this_grid().sync();
  out[threadIdx.x] = 1;
}
constexpr int kGridBarrierLine = __LINE__ - 3;

__global__ void missing_block_kernel(float* out) {
  if (blockIdx.x == 1) return;
  groups::this_grid().sync();
  out[threadIdx.x] = 1;
}
constexpr int kMissingBlockLine = __LINE__ - 3;

__global__ void cluster_rank_kernel(float* out) {
  __shared__ float value;
  if (threadIdx.x == 0) value = 1;
  groups::this_cluster().sync();
  out[threadIdx.x] = *groups::this_cluster().map_shared_rank(&value, 2);
  groups::this_cluster().sync();
}
constexpr int kClusterRankLine = __LINE__ - 3;

__global__ void not_shared_kernel(float* out) {
  out[threadIdx.x] = *groups::this_cluster().map_shared_rank(out, 0);
}
constexpr int kNotSharedLine = __LINE__ - 2;

__global__ void crossed_groups_kernel(float* out) {
  emulator::group_sync(out + blockIdx.x, 2, __FILE__, __LINE__);
}
constexpr int kCrossedGroupsLine = __LINE__ - 2;

// ---- accesses that go wrong

__global__ void missing_barrier_kernel(float* out) {
  __shared__ float values[256];
  values[threadIdx.x] = 1;
  for (int i = 0; i < 2; i++) __syncthreads();
  values[threadIdx.x] = float(threadIdx.x);
  out[threadIdx.x] = values[255 - threadIdx.x];
}
constexpr int kMissingBarrierLine = __LINE__ - 2;

__global__ void missing_second_barrier_kernel(float* out) {
  __shared__ float value;
  if (threadIdx.x == 0) value = 1;
  __syncthreads();
  out[threadIdx.x] = value;
  if (threadIdx.x == 33) value = 2;
}
constexpr int kMissingSecondBarrierLine = __LINE__ - 2;

__global__ void missing_warp_barrier_kernel(float* out) {
  __shared__ float values[32];
  values[threadIdx.x] = 0;
  __syncwarp();
  values[threadIdx.x] = 1;
  __shfl_sync(0xffffffffu, 1, 0);
  out[threadIdx.x] = values[31 - threadIdx.x];
}
constexpr int kMissingWarpBarrierLine = __LINE__ - 2;

__global__ void part_of_warp_kernel(float* out) {
  __shared__ float values[32];
  values[threadIdx.x] = 0;
  __syncwarp();
  values[threadIdx.x] = 1;
  if (threadIdx.x < 16) {
    __syncwarp(0x0000ffffu);
  } else {
    __syncwarp(0xffff0000u);
  }
  out[threadIdx.x] = values[31 - threadIdx.x];
}
constexpr int kPartOfWarpLine = __LINE__ - 2;

__global__ void plain_sum_kernel(float* out) {
  if (threadIdx.x == 0) out[0] += 1;
}
constexpr int kPlainSumLine = __LINE__ - 2;

__global__ void half_atomic_kernel(float* out) {
  if (blockIdx.x == 0) {
    atomicAdd(&out[threadIdx.x], 1.0f);
  } else {
    out[threadIdx.x] = 1;
  }
}
constexpr int kHalfAtomicLine = __LINE__ - 3;

__global__ void missing_grid_barrier_kernel(float* out) {
  if (threadIdx.x == 0) out[blockIdx.x] = 1;
  __syncthreads();
  if (threadIdx.x == 0) out[8 + blockIdx.x] = out[(blockIdx.x + 1) % gridDim.x];
  groups::this_grid().sync();
}
constexpr int kMissingGridBarrierLine = __LINE__ - 3;

__global__ void wrong_group_kernel(float* out) {
  if (threadIdx.x == 0) out[blockIdx.x] = 1;
  emulator::group_sync(out + blockIdx.x / 2, 2, __FILE__, __LINE__);
  if (threadIdx.x == 0) out[8 + blockIdx.x] = out[(blockIdx.x + 2) % gridDim.x];
}
constexpr int kWrongGroupLine = __LINE__ - 2;

__global__ void missing_cluster_barrier_kernel(float* out) {
  __shared__ float value;
  if (threadIdx.x == 0) value = 1;
  groups::this_cluster().sync();
  if (threadIdx.x == 0) value = 2;
  __syncthreads();
  out[blockIdx.x * 32 + threadIdx.x] = *groups::this_cluster().map_shared_rank(&value, 0);
  groups::this_cluster().sync();
}
constexpr int kMissingClusterBarrierLine = __LINE__ - 3;

__global__ void over_the_end_kernel(float* out) {
  out[threadIdx.x + 1] = 1;
}
constexpr int kOverTheEndLine = __LINE__ - 2;

__global__ void last_bytes_kernel(float* out) {
  reinterpret_cast<double*>(out)[127] = *reinterpret_cast<const double*>(reinterpret_cast<char*>(out) + 1020);
}
constexpr int kLastBytesLine = __LINE__ - 2;

__global__ void before_the_beginning_kernel(float* out) {
  if (threadIdx.x == 3) out[-1] = 1;
}
constexpr int kBeforeTheBeginningLine = __LINE__ - 2;

__global__ void misaligned_kernel(float* out) {
  reinterpret_cast<float4*>(out + 1)[threadIdx.x] = make_float4(1, 2, 3, 4);
}
constexpr int kMisalignedLine = __LINE__ - 2;

__global__ void blank_dynamic_kernel(float* out) {
  SURPRISAL_DYNAMIC_SHARED(raw);
  float* values = reinterpret_cast<float*>(raw);
  if (threadIdx.x < 31) values[threadIdx.x] = 1;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];
}
constexpr int kBlankDynamicLine = __LINE__ - 2;

__global__ void blank_static_kernel(float* out) {
  __shared__ float4 values[32];
  values[threadIdx.x].x = 1;
  __syncthreads();
  float4 value = values[threadIdx.x];
  out[threadIdx.x] = value.x + value.w;
}
constexpr int kBlankStaticLine = __LINE__ - 3;

__global__ void beyond_dynamic_kernel(float* out) {
  SURPRISAL_DYNAMIC_SHARED(raw);
  reinterpret_cast<float*>(raw)[threadIdx.x + 1] = out[0];
}
constexpr int kBeyondDynamicLine = __LINE__ - 2;

__global__ void beyond_static_kernel(float* out) {
  __shared__ float values[32];
  __shared__ float others[32];
  float* end = out[0] > 0 ? values : others;
  end[threadIdx.x + 1] = 1;
}
constexpr int kBeyondStaticLine = __LINE__ - 2;

__global__ void freed_kernel(float* out) {
  out[threadIdx.x] = 1;
}
constexpr int kFreedLine = __LINE__ - 2;

__global__ void ended_block_kernel(float* out) {
  __shared__ float value;
  if (threadIdx.x == 0) value = 1;
  groups::this_cluster().sync();
  if (groups::this_cluster().block_rank() == 1) return;
  __syncthreads();
  out[blockIdx.x * 32 + threadIdx.x] = *groups::this_cluster().map_shared_rank(&value, 1);
}
constexpr int kEndedBlockLine = __LINE__ - 2;

cudaError_t launch_freed(float*) {
  void* freed = nullptr;
  cudaMalloc(&freed, 1024);
  cudaFree(freed);
  return SURPRISAL_LAUNCH(freed_kernel, (Launch{1, 32}), static_cast<float*>(freed));
}

// By threads of so many blocks; cooperative if there are several.
template <unsigned blocks, unsigned threads, unsigned cluster = 1>
Launch launch_of(size_t shared_bytes = 0) {
  Launch launch{blocks, threads};
  launch.shared_bytes = shared_bytes;
  launch.cluster = cluster;
  launch.cooperative = blocks > 1 && cluster == 1;
  return launch;
}
}  // namespace

#define FAULTY(kernel, fault, line, launch)                                                      \
  {                                                                                              \
#kernel, fault, line, [](float* memory) { return SURPRISAL_LAUNCH(kernel, launch, memory); } \
  }

const Faulty kBarrierFaults[] = {
    FAULTY(divergent_kernel, "divergent barrier", kDivergentLine, (launch_of<1, 64>())),
    FAULTY(early_exit_kernel, "reached by 101 of 256 threads, the others have exited", kEarlyExitLine,
           (launch_of<1, 256>())),
    FAULTY(source_outside_mask_kernel, "shuffle with mask 0000ffff reads lane", kSourceOutsideMaskLine,
           (launch_of<1, 32>())),
    FAULTY(diverged_lanes_kernel, "never complete: of its lanes ffff0000 have exited", kDivergedLanesLine,
           (launch_of<1, 32>())),
    FAULTY(lane_outside_mask_kernel, "which is not in it", kLaneOutsideMaskLine, (launch_of<1, 32>())),
    FAULTY(different_operations_kernel, "meet in different operations", kDifferentOperationsLine, (launch_of<1, 32>())),
    FAULTY(barrier_in_operation_kernel, "00000001 wait at a barrier", kBarrierInOperationLine, (launch_of<1, 32>())),
    FAULTY(grid_barrier_kernel, "in a launch that is not cooperative", kGridBarrierLine, (launch_of<1, 32>())),
    FAULTY(missing_block_kernel, "no block is left that could come", kMissingBlockLine, (launch_of<3, 32>())),
    FAULTY(cluster_rank_kernel, "block 2 of a cluster of 2", kClusterRankLine, (launch_of<4, 32, 2>())),
    FAULTY(not_shared_kernel, "not in shared memory", kNotSharedLine, (launch_of<4, 32, 2>())),
    FAULTY(crossed_groups_kernel, "no block is left that could come", kCrossedGroupsLine, (launch_of<2, 32>())),
};
const int kBarrierFaultCount = sizeof kBarrierFaults / sizeof *kBarrierFaults;

const Faulty kAccessFaults[] = {
    FAULTY(missing_barrier_kernel, "race", kMissingBarrierLine, (launch_of<1, 256>())),
    FAULTY(missing_second_barrier_kernel, "race", kMissingSecondBarrierLine, (launch_of<1, 64>())),
    FAULTY(missing_warp_barrier_kernel, "race", kMissingWarpBarrierLine, (launch_of<1, 32>())),
    FAULTY(part_of_warp_kernel, "race", kPartOfWarpLine, (launch_of<1, 32>())),
    FAULTY(plain_sum_kernel, "race", kPlainSumLine, (Launch{4, 32})),
    FAULTY(half_atomic_kernel, "race", kHalfAtomicLine, (Launch{2, 32})),
    FAULTY(missing_grid_barrier_kernel, "race", kMissingGridBarrierLine, (launch_of<4, 32>())),
    FAULTY(wrong_group_kernel, "race", kWrongGroupLine, (launch_of<4, 32>())),
    FAULTY(missing_cluster_barrier_kernel, "race", kMissingClusterBarrierLine, (launch_of<4, 32, 2>())),
    FAULTY(over_the_end_kernel, "0 bytes behind the end of one of 1024 bytes", kOverTheEndLine, (launch_of<1, 256>())),
    FAULTY(last_bytes_kernel, "misaligned", kLastBytesLine, (launch_of<1, 1>())),
    FAULTY(before_the_beginning_kernel, "outside every allocation", kBeforeTheBeginningLine, (launch_of<1, 32>())),
    FAULTY(misaligned_kernel, "misaligned write of 16 bytes", kMisalignedLine, (launch_of<1, 8>())),
    FAULTY(blank_dynamic_kernel, "uninitialised read", kBlankDynamicLine, (launch_of<1, 32>(128))),
    FAULTY(blank_static_kernel, "uninitialised read", kBlankStaticLine, (launch_of<1, 32>())),
    FAULTY(beyond_dynamic_kernel, "beyond the 128 bytes of dynamic shared memory", kBeyondDynamicLine,
           (launch_of<1, 32>(128))),
    FAULTY(beyond_static_kernel, "beyond the 128 bytes of", kBeyondStaticLine, (launch_of<1, 32>())),
    {"freed_kernel", "in a freed allocation of 1024 bytes", kFreedLine, launch_freed},
    FAULTY(ended_block_kernel, "shared memory of a block that", kEndedBlockLine, (launch_of<4, 32, 2>())),
};
const int kAccessFaultCount = sizeof kAccessFaults / sizeof *kAccessFaults;
}  // namespace emulated
