// What an observer of launches gets to see. Accesses reach it in the instrumented build only.
//
// Calls about a block come from the OS thread that runs it. Those of different blocks come at the same time, unless
// blocks take turns.
#pragma once
#include <vector>

#include "cuda_host.h"
#include "fiber.h"

namespace emulator {
class Block;

enum class Access { read, write, atomic };

class Monitor {
 public:
  virtual ~Monitor() = default;
  // Whether blocks must not run at the same time; they still may begin before others have ended.
  virtual bool blocks_take_turns() const {
    return false;
  }
  virtual void begin_launch(const LaunchRequest& request) = 0;
  virtual void end_launch(bool failed) = 0;
  virtual void begin_block(Block& block) = 0;
  virtual void end_block(Block& block) = 0;
  virtual void block_barrier(Block& block) = 0;
  // These blocks have met at a barrier among blocks. Each hears of it as of a barrier of its own next.
  virtual void blocks_met(const std::vector<Block*>& blocks) = 0;
  virtual void warp_met(Block& block, WarpOperation operation, unsigned warp, unsigned mask) = 0;
  // Before the access happens.
  virtual void access(Fiber& fiber, const void* pointer, unsigned bytes, Access kind, const void* pc) = 0;
};

extern Monitor* monitor;  // null if there is none

// The two that there are; see emulator.h and traffic.h.
Monitor& race_monitor();
Monitor& traffic_monitor();
}  // namespace emulator
