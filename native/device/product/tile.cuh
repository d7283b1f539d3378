// Tiles of a matrix product: where a block's part of C lies, how the operands' parts come to shared memory while the
// parts before them are multiplied, and how C is written. What multiplies is the kernel's own: FMAs or fragments.
//
// A tile of an operand lies in shared memory as in global memory, with rows along k or across it, so that it is copied
// four elements at a time whatever the form. Each row is padded: by 4 along k, so that float4s of 8 neighbouring rows, as
// well as single floats of 8 rows and 4 k, lie in different banks; by 8 across k, for single floats of 4 k and 8 lines.
// In shared memory there are floats alone: bfloat16 is widened on its way, once for all who multiply.
#pragma once
#include "../async_copy.cuh"
#include "../bfloat16.cuh"
#include "../vector.cuh"
#include "plan.cuh"

namespace surprisal {
// A line is a row of A or a column of B.
template <bool kAlong, int kLines, unsigned kThreads, class Element>
struct OperandTile {
  static constexpr bool kAlongK = kAlong;
  static constexpr bool kWidened = sizeof(Element) == 2;
  static constexpr int kRows = kAlong ? kLines : kDepth;
  static constexpr int kColumns = kAlong ? kDepth : kLines;
  static constexpr int kPitch = kColumns + (kAlong ? 4 : 8);
  static constexpr int kFloats = kRows * kPitch;

  static __device__ __forceinline__ int offset(int line, int k) {
    return kAlong ? line * kPitch + k : k * kPitch + line;
  }

  // By the whole block: sends the tile at `line` and `k` of an operand of so many lines on its way; zeros beyond `lines`
  // and `end`. Floats arrive by themselves, see async_copy.cuh; what else there is when `arrive` is called.
  __device__ __forceinline__ void send(float* tile, const void* matrix, int64_t pitch, int64_t line, int64_t lines,
                                       int64_t k, int64_t end, int step) {
    int64_t rows = kAlong ? lines - line : end - k;
    int64_t columns = kAlong ? end - k : lines - line;
    const Element* from = static_cast<const Element*>(matrix) + (kAlong ? line * pitch + k : k * pitch + line);
    int rows_left = rows < kRows ? int(rows) : kRows;
    int columns_left = columns < kColumns ? int(columns) : kColumns;
    if constexpr (kWidened) {
      fetch(from, pitch, rows_left, columns_left, step % 4 == 0);
    } else if (step % 4 == 0) {
      copy_by<4>(tile, from, pitch, rows_left, columns_left);
    } else {
      copy_by<1>(tile, from, pitch, rows_left, columns_left);
    }
  }

  __device__ __forceinline__ void arrive(float* tile) const {
    if constexpr (kWidened) {
      float* to = tile + threadIdx.x / kQuads * kPitch + threadIdx.x % kQuads * 4;
#pragma unroll
      for (int pass = 0; pass < kPasses; pass++) {
        float2 low = widened(fetched[pass].x);
        float2 high = widened(fetched[pass].y);
        store4(to + pass * (kThreads / kQuads) * kPitch, make_float4(low.x, low.y, high.x, high.y), true);
      }
    }
  }

 private:
  static constexpr int kQuads = kColumns / 4;
  static constexpr int kPasses = kRows * kQuads / kThreads;
  static_assert(kPasses * kThreads == kRows * kQuads && kThreads % kQuads == 0, "all threads copy as much");

  uint2 fetched[kWidened ? kPasses : 1];  // four neighbours in a row each

  __device__ __forceinline__ void fetch(const Element* from, int64_t pitch, int rows_left, int columns_left,
                                        bool quads) {
    int row = threadIdx.x / kQuads;
    int column = threadIdx.x % kQuads * 4;
    from += row * pitch + column;
#pragma unroll
    for (int pass = 0; pass < kPasses; pass++) {
      uint2 four = make_uint2(0, 0);
      if (row < rows_left && column < columns_left) {
        if (quads) {
          four = *reinterpret_cast<const uint2*>(from);
        } else {
          // Volatile, lest g++ reads two of them as one word, which may lie anywhere.
          const volatile uint16_t* bits = reinterpret_cast<const volatile uint16_t*>(from);
          int left = columns_left - column;
          four.x = bits[0] | (left > 1 ? uint32_t(bits[1]) << 16 : 0);
          four.y = (left > 2 ? bits[2] : 0) | (left > 3 ? uint32_t(bits[3]) << 16 : 0);
        }
      }
      fetched[pass] = four;
      row += kThreads / kQuads;
      from += kThreads / kQuads * pitch;
    }
  }

  // Neighbouring threads copy neighbours in a row, kWide floats each.
  template <int kWide>
  static __device__ __forceinline__ void copy_by(float* tile, const float* from, int64_t pitch, int rows_left,
                                                 int columns_left) {
    constexpr int kAcross = kColumns / kWide;
    constexpr int kDown = kThreads / kAcross;
    static_assert(kThreads % kAcross == 0 && kRows % kDown == 0, "all threads copy as much");
    int row = threadIdx.x / kAcross;
    int column = threadIdx.x % kAcross * kWide;
    float* to = tile + row * kPitch + column;
    from += row * pitch + column;
#pragma unroll
    for (int pass = 0; pass < kRows / kDown; pass++) {
      if (row < rows_left && column < columns_left) {
        kWide == 4 ? copy16(to, from) : copy4(to, from);
      } else {
#pragma unroll
        for (int x = 0; x < kWide; x++) to[x] = 0;
      }
      row += kDown;
      to += kDown * kPitch;
      from += kDown * pitch;
    }
  }
};

// Sums that one thread has of neighbouring columns.
template <int kCount>
struct alignas(4 * kCount) Neighbours {
  float value[kCount];
};

__host__ __device__ constexpr unsigned product_threads(int tile) {
  return tile == 128 ? 256u : 2u * tile;
}

// A block's tile of C, kSize x kSize, and the tiles of A and B on its way there.
template <int kSize, surprisal_form kForm, class ElementA, class ElementB>
struct ProductTile {
  static constexpr int kTile = kSize;
  static constexpr unsigned kThreads = product_threads(kTile);
  static constexpr unsigned kBlocks = 512 / kThreads;  // on a multiprocessor: 16 warps of up to 128 registers a thread
  static constexpr int kStages = kTile == 128 ? 2 : 4;
  using A = OperandTile<kForm != SURPRISAL_FORM_TN, kTile, kThreads, ElementA>;
  using B = OperandTile<kForm == SURPRISAL_FORM_NT, kTile, kThreads, ElementB>;
  static constexpr int kFloats = kStages * (A::kFloats + B::kFloats);  // of shared memory

  int64_t row, column;  // of C, where the tile begins
  int64_t split;

  // Blocks go down bands of 16 tiles, column by column: those that run at a time, 132 or a few times as many, share
  // rows of A and columns of B about evenly, which they find in L2.
  __device__ explicit ProductTile(const ProductTask& task) {
    constexpr int64_t kBand = 16;
    int64_t tiles = task.row_tiles * task.column_tiles;
    split = blockIdx.x / tiles;
    int64_t index = blockIdx.x % tiles;
    int64_t band = index / (kBand * task.column_tiles);
    int64_t first = band * kBand;
    int64_t height = min(kBand, task.row_tiles - first);
    int64_t inside = index - first * task.column_tiles;
    row = (first + inside % height) * kTile;
    column = inside / height * kTile;
  }

  // Calls multiply(tile of A, tile of B) for every kDepth terms, in the order of k. `shared` holds kFloats. The copies
  // run kStages - 1 tiles ahead; the one barrier a tile says both that the tile has come and that the one before it,
  // whose place is then filled anew, is done with.
  template <class Multiply>
  __device__ __forceinline__ void over_k(const ProductTask& task, float* shared, Multiply multiply) const {
    int64_t begin = split * task.chunk;
    int64_t end = min(task.k, begin + task.chunk);
    A a;
    B b;
    auto tile_a = [&](int stage) { return shared + stage * (A::kFloats + B::kFloats); };
    auto tile_b = [&](int stage) { return tile_a(stage) + A::kFloats; };
    auto send = [&](int64_t k, int stage) {
      if (k < end) {
        a.send(tile_a(stage), task.a, task.lda, row, task.m, k, end, task.step_a);
        b.send(tile_b(stage), task.b, task.ldb, column, task.n, k, end, task.step_b);
      }
      commit_copies();
    };
    auto arrive = [&](int64_t k, int stage) {
      if (k < end) {
        a.arrive(tile_a(stage));
        b.arrive(tile_b(stage));
      }
    };
    for (int stage = 0; stage < kStages - 1; stage++) {
      send(begin + stage * kDepth, stage);
      arrive(begin + stage * kDepth, stage);
    }
    int stage = 0;
    int free_stage = kStages - 1;
    for (int64_t k = begin; k < end; k += kDepth) {
      wait_copies<kStages - 2>();
      __syncthreads();
      int64_t ahead = k + (kStages - 1) * kDepth;
      send(ahead, free_stage);
      multiply(tile_a(stage), tile_b(stage));
      arrive(ahead, free_stage);
      free_stage = stage;
      stage = stage + 1 < kStages ? stage + 1 : 0;
    }
  }

  // Writes the sums of neighbours at a row and a column of the tile, the column a multiple of kCount.
  template <int kCount>
  __device__ __forceinline__ void store(const ProductTask& task, int tile_row, int tile_column,
                                        Neighbours<kCount> sums) const {
    int64_t i = row + tile_row;
    int64_t j = column + tile_column;
    if (i >= task.m || j >= task.n) return;
    float* to = task.c + split * task.m * task.n + i * task.ldc + j;
    int count = task.n - j < kCount ? int(task.n - j) : kCount;
    if (task.bias != nullptr) {
#pragma unroll
      for (int x = 0; x < kCount; x++) sums.value[x] += x < count ? task.bias[j + x] : 0.0f;
    }
    if (task.step_c % 4 == 0) {
      Neighbours<kCount>* all = reinterpret_cast<Neighbours<kCount>*>(to);
      if (task.accumulate) {
        Neighbours<kCount> old = *all;
#pragma unroll
        for (int x = 0; x < kCount; x++) sums.value[x] += old.value[x];
      }
      *all = sums;
    } else {
#pragma unroll
      for (int x = 0; x < kCount; x++) {
        if (x < count) to[x] = task.accumulate ? sums.value[x] + to[x] : sums.value[x];
      }
    }
  }
};

// Launches Kernels::launch<ProductTile>, one block a tile of C and split. Kernels::kBothBfloat16: whether there is one
// for two operands of bfloat16.
template <class Kernels, int kTile>
cudaError_t launch_tiles(const ProductTask& task, surprisal_form form, const Launch& launch,
                         const surprisal_fault* fault) {
  using Half = __nv_bfloat16;
  if (form == SURPRISAL_FORM_NT) {
    if constexpr (Kernels::kBothBfloat16) {
      if (task.bfloat16_b) {
        return Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_NT, Half, Half>>(task, launch, fault);
      }
    }
    return Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_NT, float, float>>(task, launch, fault);
  }
  if (form == SURPRISAL_FORM_NN) {
    return task.bfloat16_b
               ? Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_NN, float, Half>>(task, launch, fault)
               : Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_NN, float, float>>(task, launch, fault);
  }
  return task.bfloat16_b
             ? Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_TN, float, Half>>(task, launch, fault)
             : Kernels::template launch<ProductTile<kTile, SURPRISAL_FORM_TN, float, float>>(task, launch, fault);
}

template <class Kernels>
cudaError_t launch_product(const ProductTask& task, const ProductPlan& plan, surprisal_form form,
                           const surprisal_stream* stream) {
  Launch launch{unsigned(plan.tiles * plan.splits), product_threads(plan.tile), cuda(stream)};
  if (plan.tile == 128) return launch_tiles<Kernels, 128>(task, form, launch, stream->fault);
  if (plan.tile == 64) return launch_tiles<Kernels, 64>(task, form, launch, stream->fault);
  return launch_tiles<Kernels, 32>(task, form, launch, stream->fault);
}
}  // namespace surprisal
