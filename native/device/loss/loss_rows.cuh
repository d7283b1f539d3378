// The frame of every loss of rows of logits: a row is read once, and from its softmax come the loss, the gradient, which
// is written over the same pass, and the statistics. A loss is a Target (row_target.cuh) on it and a function of the C
// ABI, which calls check_rows, its own checks, and launch_rows<Target>.
#pragma once
#include "loss_row.cuh"

namespace surprisal {
// So many blocks should fit a multiprocessor with their registers.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ == 900
constexpr unsigned kPlainBlocks = 3;
#else
constexpr unsigned kPlainBlocks = 2;  // of 1024 or 1536 threads in all
#endif
constexpr unsigned kOptionBlocks = 2;

template <class Target, bool kPlain>
__global__ __launch_bounds__(256) void loss_warp_kernel(surprisal_loss_rows rows, typename Target::Arguments against,
                                                        unsigned slice, const surprisal_fault* fault) {
  loss_row<WarpGroup, StagedRow, Target, kPlain>(rows, against, slice, fault);
}

template <class Target, bool kPlain>
__global__ __launch_bounds__(kMostRowThreads, kPlain ? kPlainBlocks : kOptionBlocks) void loss_block_kernel(
    surprisal_loss_rows rows, typename Target::Arguments against, unsigned slice, const surprisal_fault* fault) {
  loss_row<BlockGroup<false>, StagedRow, Target, kPlain>(rows, against, slice, fault);
}

template <class Target, bool kPlain>
__global__ __launch_bounds__(kMostRowThreads, kPlain ? kPlainBlocks : kOptionBlocks) void loss_cluster_kernel(
    surprisal_loss_rows rows, typename Target::Arguments against, unsigned slice, const surprisal_fault* fault) {
  loss_row<BlockGroup<true>, StagedRow, Target, kPlain>(rows, against, slice, fault);
}

template <class Target, bool kPlain>
__global__ __launch_bounds__(kMostRowThreads, kPlain ? kPlainBlocks : kOptionBlocks) void loss_streamed_kernel(
    surprisal_loss_rows rows, typename Target::Arguments against, unsigned slice, const surprisal_fault* fault) {
  loss_row<BlockGroup<false>, StreamedRow, Target, kPlain>(rows, against, slice, fault);
}

template <class Target, bool kPlain>
int launch_rows_as(const char* operation, const surprisal_loss_rows& rows, const typename Target::Arguments& against,
                   const surprisal_stream* stream) {
  RowLayout layout;
  int status = layout_rows(operation, rows, memory_of<Target, kPlain>(),
                           reinterpret_cast<const void*>(loss_cluster_kernel<Target, kPlain>), stream, &layout);
  if (status != SURPRISAL_SUCCESS) return status;
  auto launch = [&] {
    switch (layout.kind) {
      case RowLayout::kWarp:
        return SURPRISAL_LAUNCH((loss_warp_kernel<Target, kPlain>), layout.launch, rows, against, layout.slice,
                                stream->fault);
      case RowLayout::kBlock:
        return SURPRISAL_LAUNCH((loss_block_kernel<Target, kPlain>), layout.launch, rows, against, layout.slice,
                                stream->fault);
      case RowLayout::kCluster:
        return SURPRISAL_LAUNCH((loss_cluster_kernel<Target, kPlain>), layout.launch, rows, against, layout.slice,
                                stream->fault);
      default:
        return SURPRISAL_LAUNCH((loss_streamed_kernel<Target, kPlain>), layout.launch, rows, against, layout.slice,
                                stream->fault);
    }
  };
  return launched(operation, launch());
}

// After check_rows.
template <class Target>
int launch_rows(const char* operation, const surprisal_loss_rows& rows, const typename Target::Arguments& against,
                const surprisal_stream* stream) {
  if (rows.rows == 0) return SURPRISAL_SUCCESS;
  if constexpr (Target::kHasPlain) {
    bool plain = rows.scale == 1 && rows.soft_cap == 0 && rows.z_loss == 0 && rows.confidence_penalty == 0 &&
                 rows.entropy == nullptr && rows.correct == nullptr && rows.argmax == nullptr;
    if (plain) return launch_rows_as<Target, true>(operation, rows, against, stream);
  }
  return launch_rows_as<Target, false>(operation, rows, against, stream);
}
}  // namespace surprisal
