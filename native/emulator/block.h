// One block on one OS thread: its threads run on fibers, meet at barriers and in warp operations, and are found out
// where they do not meet.
#pragma once
#include <atomic>
#include <random>
#include <vector>

#include "cuda_host.h"
#include "emulator.h"
#include "failure.h"
#include "fiber.h"

namespace emulator {
class Gang;

// What all blocks of a launch share.
struct Launch {
  const LaunchRequest& request;
  Execution execution;
  Failure failure;
};

constexpr size_t kMaxDynamicBytes = 256 * 1024;  // what a device model may have
constexpr unsigned kWarpLanes = 32;
constexpr unsigned kMaxThreads = 1024;
constexpr unsigned kMaxWarps = kMaxThreads / kWarpLanes;

class Block {
 public:
  Block();  // on the OS thread that will run it
  Block(const Block&) = delete;
  ~Block();

  // Runs block `index` of the grid to its end, or to the launch's failure.
  void run(Launch& launch, unsigned index);
  void join(Gang* gang, std::vector<Block*>* blocks, unsigned rank);  // null: it runs alone

  // From its fibers.
  void barrier(const char* what, const void* key, unsigned blocks, const char* file, int line);
  void meet_warp(Fiber& fiber);
  void yield_in_warp();  // lets another lane of the same warp go on, if there is one
  // Ends the launch with the report of a fault of the fiber's thread. Nothing after the call happens.
  [[noreturn]] void fault(const Fiber& fiber, const Text& what);

  // The same from outside a fiber, about a thread of any block of the launch.
  void fail_launch(unsigned block, unsigned thread, const Text& what);
  Text name_of(unsigned block, unsigned thread) const;  // "block (0,0,0), thread (5,0,0)"

  unsigned index() const {
    return index_;
  }
  unsigned threads() const {
    return threads_;
  }
  unsigned lanes(unsigned warp) const {  // as a mask
    return warps_[warp].exist;
  }
  unsigned rank() const {
    return rank_;
  }
  unsigned cluster_blocks() const;
  Block* of_cluster(unsigned rank) const;
  unsigned char* dynamic_shared() const {
    return dynamic_;
  }
  size_t dynamic_bytes() const;
  uintptr_t thread_local_begin() const {  // of the OS thread's, where static shared memory lies
    return thread_local_begin_;
  }
  bool ended() const {
    return ended_;
  }
  const Launch& launch() const {
    return *launch_;
  }
  Text where_waiting() const;  // at a barrier among blocks

  void* observed = nullptr;  // a monitor's own

 private:
  struct Warp {  // its lanes, by what they do
    unsigned exist, fresh, ready, in_operation, at_barrier, done;
    Fiber* fibers[kWarpLanes];
  };

  struct Barrier {  // where the threads that have arrived stand
    const char* what = nullptr;
    const void* key = nullptr;  // of a barrier among blocks; null for the block's own
    unsigned blocks = 0;
    const char* file = nullptr;
    int line = 0;
    Fiber* first = nullptr;
    unsigned arrived = 0;
  };

  static void start();
  void run_threads();
  bool choose(unsigned& warp, unsigned& lane);
  unsigned choose_lane(const Warp& warp, unsigned index) const;
  Fiber* idle_fiber();
  void bind(Fiber& fiber, unsigned warp, unsigned lane);
  Fiber* next(Fiber* idle);
  void suspend(Fiber& fiber);
  void complete(Warp& warp, Fiber& last, unsigned need);
  bool release_barrier();
  void check_operations();

  Context worker_;
  Launch* launch_ = nullptr;
  Gang* gang_ = nullptr;
  std::vector<Block*>* gang_blocks_ = nullptr;
  unsigned rank_ = 0;
  unsigned index_ = 0;
  unsigned threads_ = 0;
  unsigned warp_count_ = 0;
  unsigned done_ = 0;
  uint3 block_index_;
  unsigned at_warp_ = 0, at_lane_ = 0;  // who ran last
  Warp warps_[kMaxWarps];
  Barrier barrier_;
  bool out_of_stacks_ = false;
  std::vector<Fiber*> fibers_;
  std::vector<Fiber*> idle_;
  unsigned char* dynamic_;
  uintptr_t thread_local_begin_;
  std::atomic<bool> ended_{true};
  std::minstd_rand random_;
};
}  // namespace emulator
