// What a kernel may use of CUDA, in terms of the emulator. A kernel source gets it through device/simt.cuh.
//
// For headers of device/ that stand for hardware of their own, namespace emulator has two meetings:
// - group_sync: a barrier among some blocks of a cooperative launch, of which every thread takes part;
// - warp_collective: lanes of a warp combine values of any size at once, such as the fragments of a matrix product.
#pragma once
#include <math.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "fiber.h"
#include "half_types.h"
#include "vector_types.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
// In a function thread_local implies static, and an OS thread runs one block at a time.
#if EMULATOR_INSTRUMENTED
// Bytes in front that belong to no variable, so that an overrun does not reach the next one.
#define EMULATOR_GAP(number) thread_local char emulator_gap_##number[128] __attribute__((used))
#define EMULATOR_NUMBERED_GAP(number) EMULATOR_GAP(number)
// clang-format off
#define __shared__ EMULATOR_NUMBERED_GAP(__COUNTER__); thread_local
// clang-format on
#else
#define __shared__ thread_local
#endif

#define threadIdx (emulator::here()->thread_index)
#define blockIdx (emulator::here()->block_index)
#define warpSize 32

namespace emulator {
// An unsigned of the running fiber. No macro for blockDim and gridDim, since cudaLaunchConfig_t has members so named.
template <uint3 Fiber::*vector, unsigned uint3::*component>
struct Extent {
  operator unsigned() const {
    return (here()->*vector).*component;
  }
};

template <uint3 Fiber::*vector>
struct Extents {
  Extent<vector, &uint3::x> x;
  Extent<vector, &uint3::y> y;
  Extent<vector, &uint3::z> z;
};
}  // namespace emulator

constexpr emulator::Extents<&emulator::Fiber::block_dim> blockDim{};
constexpr emulator::Extents<&emulator::Fiber::grid_dim> gridDim{};

namespace emulator {
// ---- meetings; file and line tell one place in the source from another, and where a fault is

void block_sync(const char* file, int line);
void grid_sync(const char* file, int line);
void cluster_sync(const char* file, int line);
void warp_sync(unsigned mask, const char* file, int line);
unsigned warp_ballot(unsigned mask, bool vote, const char* file, int line);

// A barrier among `blocks` blocks of a cooperative launch that name the same key, which is any address. Every thread of
// each of them must call it with the same arguments. Orders their memory accesses as a grid barrier does.
void group_sync(const void* key, unsigned blocks, const char* file, int line);

// Gives out[0, bytes) the in[0, bytes) of lane `source`, which must be a lane of mask.
void warp_shuffle(unsigned mask, const void* in, void* out, unsigned bytes, unsigned source, const char* file,
                  int line);

// Every lane of mask calls it with a value of its own in `in`, room for its result in `out` (which may overlap only its
// own in) and the same combine. When all have come, combine(mask, ins, outs) is called once, with each lane's two
// addresses at its number and null at lanes outside the mask; it reads and writes them plainly. Mark it
// EMULATOR_UNSEEN, so that what it does is not taken for accesses of the kernel.
void warp_collective(unsigned mask, const void* in, void* out, Combine combine, const char* file, int line);

unsigned cluster_rank();
unsigned cluster_blocks();
void* cluster_address(const void* own, unsigned rank, const char* file, int line);

inline unsigned char* dynamic_shared() {
  return here()->dynamic_shared;
}

// Tells a monitor of an access that it would not see, or would take for a plain one.
void note_atomic(const void* pointer, unsigned bytes, const void* pc);

inline unsigned mask_or_all(unsigned mask = 0xffffffffu) {
  return mask;
}

template <class T>
EMULATOR_UNSEEN inline T shuffle(unsigned mask, T value, unsigned source, const char* file, int line) {
  static_assert(sizeof(T) <= kMaxValueBytes && std::is_trivially_copyable<T>::value, "a type that can be shuffled");
  T result;
  warp_shuffle(mask, &value, &result, sizeof value, source, file, line);
  return result;
}

// The source lanes of shuffles; width is that of the parts into which a warp is divided, a power of two.
inline unsigned lane_of(int source, int width = 32) {
  return (here()->lane & ~unsigned(width - 1)) | (source & (width - 1));
}
inline unsigned lane_across(int mask, int width = 32) {
  unsigned lane = here()->lane;
  unsigned source = lane ^ unsigned(mask);
  return source / width > lane / width ? lane : source;
}
inline unsigned lane_down(unsigned delta, int width = 32) {
  unsigned lane = here()->lane;
  return lane % width + delta < unsigned(width) ? lane + delta : lane;
}
inline unsigned lane_up(unsigned delta, int width = 32) {
  unsigned lane = here()->lane;
  return lane % width >= delta ? lane - delta : lane;
}
}  // namespace emulator

// Macros, for the caller's file and line.
#define __syncthreads() emulator::block_sync(__FILE__, __LINE__)
#define __syncwarp(...) emulator::warp_sync(emulator::mask_or_all(__VA_ARGS__), __FILE__, __LINE__)
#define __shfl_sync(mask, value, ...) emulator::shuffle(mask, value, emulator::lane_of(__VA_ARGS__), __FILE__, __LINE__)
#define __shfl_xor_sync(mask, value, ...) \
  emulator::shuffle(mask, value, emulator::lane_across(__VA_ARGS__), __FILE__, __LINE__)
#define __shfl_down_sync(mask, value, ...) \
  emulator::shuffle(mask, value, emulator::lane_down(__VA_ARGS__), __FILE__, __LINE__)
#define __shfl_up_sync(mask, value, ...) \
  emulator::shuffle(mask, value, emulator::lane_up(__VA_ARGS__), __FILE__, __LINE__)
#define __ballot_sync(mask, vote) emulator::warp_ballot(mask, vote, __FILE__, __LINE__)
#define __any_sync(mask, vote) (emulator::warp_ballot(mask, vote, __FILE__, __LINE__) != 0)
#define __all_sync(mask, vote) (emulator::warp_ballot(mask, !(vote), __FILE__, __LINE__) == 0)

// ---- atomics: relaxed, as on a GPU

namespace emulator {
// Replaces *pointer by change(*pointer) and gives what it was.
template <class T, class Change>
EMULATOR_UNSEEN inline T atomic_change(T* pointer, Change change, const void* pc) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a type with atomics");
  using Word = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  note_atomic(pointer, sizeof(T), pc);
  Word* word = reinterpret_cast<Word*>(pointer);
  Word old_word = __atomic_load_n(word, __ATOMIC_RELAXED);
  for (;;) {
    T old_value;
    memcpy(&old_value, &old_word, sizeof old_value);
    T new_value = change(old_value);
    Word new_word;
    memcpy(&new_word, &new_value, sizeof new_word);
    if (__atomic_compare_exchange_n(word, &old_word, new_word, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
      return old_value;
    }
  }
}

template <class T>
struct Same {  // keeps a parameter out of type deduction
  using type = T;
};
}  // namespace emulator

#define EMULATOR_ATOMIC(name, result)                                                 \
  template <class T>                                                                  \
  EMULATOR_UNSEEN inline T name(T* pointer, typename emulator::Same<T>::type value) { \
    auto change = [value](T old) EMULATOR_UNSEEN { return static_cast<T>(result); };  \
    return emulator::atomic_change(pointer, change, __builtin_return_address(0));     \
  }
EMULATOR_ATOMIC(atomicAdd, old + value)
EMULATOR_ATOMIC(atomicMin, value < old ? value : old)
EMULATOR_ATOMIC(atomicMax, value > old ? value : old)
EMULATOR_ATOMIC(atomicOr, old | value)
EMULATOR_ATOMIC(atomicExch, ((void)old, value))
#undef EMULATOR_ATOMIC

template <class T>
EMULATOR_UNSEEN inline T atomicCAS(T* pointer, typename emulator::Same<T>::type expected,
                                   typename emulator::Same<T>::type value) {
  auto change = [=](T old) EMULATOR_UNSEEN { return old == expected ? value : old; };
  return emulator::atomic_change(pointer, change, __builtin_return_address(0));
}

inline void __threadfence() {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

// ---- loads and stores with a cache hint

#define EMULATOR_LOAD(name)                  \
  template <class T>                         \
  __forceinline__ T name(const T* pointer) { \
    return *pointer;                         \
  }
EMULATOR_LOAD(__ldg)
EMULATOR_LOAD(__ldca)
EMULATOR_LOAD(__ldcg)
EMULATOR_LOAD(__ldcs)
EMULATOR_LOAD(__ldlu)
#undef EMULATOR_LOAD

#define EMULATOR_STORE(name)                                                      \
  template <class T>                                                              \
  __forceinline__ void name(T* pointer, typename emulator::Same<T>::type value) { \
    *pointer = value;                                                             \
  }
EMULATOR_STORE(__stcg)
EMULATOR_STORE(__stcs)
EMULATOR_STORE(__stwb)
#undef EMULATOR_STORE

// ---- the clock

namespace emulator {
// The host's, in nanoseconds.
EMULATOR_UNSEEN inline uint64_t nanoseconds() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}
}  // namespace emulator

// ---- arithmetic

using std::max;
using std::min;

inline float __fmul_rn(float a, float b) {
  return a * b;
}
inline float __fadd_rn(float a, float b) {
  return a + b;
}
inline float __fsub_rn(float a, float b) {
  return a - b;
}
inline float __fmaf_rn(float a, float b, float c) {
  return fmaf(a, b, c);
}
inline double __dmul_rn(double a, double b) {
  return a * b;
}
inline float rsqrtf(float x) {
  return 1.0f / sqrtf(x);
}
inline unsigned __umulhi(unsigned a, unsigned b) {
  return unsigned(uint64_t(a) * b >> 32);
}
inline int __popc(unsigned x) {
  return __builtin_popcount(x);
}
inline int __clz(int x) {
  return x == 0 ? 32 : __builtin_clz(unsigned(x));
}
inline int __ffs(int x) {
  return __builtin_ffs(x);
}
inline int __float_as_int(float x) {
  return int(emulator::bits_of(x));
}
inline unsigned __float_as_uint(float x) {
  return emulator::bits_of(x);
}
inline float __int_as_float(int x) {
  return emulator::float_of(uint32_t(x));
}
inline float __uint_as_float(unsigned x) {
  return emulator::float_of(x);
}

namespace cooperative_groups {
struct grid_group {
  void sync(const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
    emulator::grid_sync(file, line);
  }
};

struct cluster_group {
  void sync(const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
    emulator::cluster_sync(file, line);
  }
  unsigned block_rank() const {
    return emulator::cluster_rank();
  }
  unsigned num_blocks() const {
    return emulator::cluster_blocks();
  }
  // Where another block of the cluster has what this one has at `own` of its shared memory.
  template <class T>
  T* map_shared_rank(T* own, unsigned rank, const char* file = __builtin_FILE(), int line = __builtin_LINE()) const {
    return static_cast<T*>(emulator::cluster_address(own, rank, file, line));
  }
};

inline grid_group this_grid() {
  return {};
}
inline cluster_group this_cluster() {
  return {};
}
}  // namespace cooperative_groups
