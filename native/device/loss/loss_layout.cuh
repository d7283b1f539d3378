// How rows of logits are laid out over the device, and what every loss checks before it looks at them.
//
// A row is kept on chip from its one read to its one write. Rows of up to 1024 classes go to a warp each, longer ones
// to a block, as long as three blocks fit a multiprocessor, so that one reads while others compute and write; beyond
// that to the fewest blocks of a cluster of which three, else two, else one fit a multiprocessor. Where a GPU has no
// clusters, or a row fits none, a block reads it as often as it needs it. Each layout sums in another order: the bits of
// a loss depend on the number of classes and the kind of GPU.
#pragma once
#include "../status.cuh"
#include "row.cuh"

namespace surprisal {
// A block of a row has at most so many threads.
constexpr unsigned kMostRowThreads = 384;

// What the threads of a row need of shared memory.
struct RowMemory {
  size_t agreement;  // bytes, of a block
  unsigned rows;     // that are staged beside one another
  bool marks;        // a bit for each class
};

// Of a slice of so many classes, in floats: a multiple of four.
__host__ __device__ __forceinline__ size_t mark_words(unsigned slice) {
  return (slice / 32 + 4) / 4 * 4;
}

__host__ __device__ __forceinline__ size_t slice_floats(const RowMemory& memory, unsigned slice, bool staged) {
  return (staged ? memory.rows * staged_floats(slice) : 0) + (memory.marks ? mark_words(slice) : 0);
}

struct RowLayout {
  enum Kind { kWarp, kBlock, kCluster, kStreamed } kind;
  Launch launch;
  unsigned slice;  // classes of a block; less than all in a cluster
};

// Decided by the number of classes and the device. All three give SURPRISAL_SUCCESS or what the call returns.
int layout_rows(const char* operation, const surprisal_loss_rows& rows, const RowMemory& memory,
                const void* cluster_kernel, const surprisal_stream* stream, RowLayout* layout);

// Raises a fault unless positions are tokens.
int check_rows(const char* operation, const surprisal_loss_rows& rows, const surprisal_stream* stream);

// The same, and unless the targets of the rows' tokens are classes or ignored; targets are optional.
int check_rows(const char* operation, const surprisal_loss_rows& rows, const int32_t* targets, int32_t ignored,
               const surprisal_stream* stream);
}  // namespace surprisal
