// Finds accesses that no barrier orders, in whatever order they happened to come: two of different threads to the same
// byte, at least one a write, not both atomic. Finds bad accesses too (MemoryMap), and reads of shared memory that the
// block has not written.
//
// What orders: the block's barrier; __syncwarp for the lanes of its mask; barriers among blocks. Atomics, shuffles and
// votes do not. Every block has a clock that its barriers advance, and knows how far it is behind the clock of each
// block that it has met; every lane of a warp the same of the other lanes.
#pragma once
#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "memory_map.h"
#include "monitor.h"

namespace emulator {
class RaceMonitor : public Monitor {
 public:
  bool blocks_take_turns() const override {
    return true;
  }
  void begin_launch(const LaunchRequest& request) override;
  void end_launch(bool) override {}
  void begin_block(Block& block) override;
  void end_block(Block& block) override;
  void block_barrier(Block& block) override;
  void blocks_met(const std::vector<Block*>& blocks) override;
  void warp_met(Block& block, WarpOperation operation, unsigned warp, unsigned mask) override;
  void access(Fiber& fiber, const void* pointer, unsigned bytes, Access kind, const void* pc) override;

 private:
  static constexpr uint32_t kNobody = ~0u;
  static constexpr uintptr_t kPageBytes = 4096;

  struct Mark {  // an access to some bytes of a word
    uint32_t block = kNobody;
    uint32_t block_clock = 0;
    uint32_t lane_clock = 0;
    uint32_t pc = 0;
    uint16_t thread = 0;
    uint8_t bytes = 0;  // as a mask
    bool atomic = false;
  };

  struct Word {  // of 4 bytes
    Mark write, read, other_read;
  };

  struct Page {
    uint64_t launch = 0;  // in which it was last in use
    std::array<Word, kPageBytes / 4> words;
  };

  struct Clocks {  // a lane's own, and the last that it knows of each other lane of its warp
    std::array<std::array<uint32_t, kWarpLanes>, kWarpLanes> known;
  };

  struct Visit {         // the last access of another block to this one's shared memory
    uint32_t clock = 0;  // of the visitor
    uint32_t pc = 0;
    unsigned block = 0, thread = 0;
  };

  struct BlockState {
    uint32_t clock = 1;
    unsigned first = 0;           // block of the gang
    std::vector<uint32_t> known;  // last clock of each block of the gang that this one has heard of
    std::vector<Visit> visits;    // by block of the gang
    std::vector<Clocks> warps;
    std::vector<bool> written[2];  // bytes of static and of dynamic shared memory
    MemoryMap map;
  };

  static BlockState& state_of(const Block& block) {
    return *static_cast<BlockState*>(block.observed);
  }
  static void remember(Mark& mark, const Mark& now);
  Word& word_at(uintptr_t address);
  bool unordered(const Mark& old, const Mark& now, const Block& block, const Fiber& fiber, Space space) const;
  void check_written(const Fiber& fiber, const Location& location, unsigned bytes, Access kind, const void* pc);
  [[noreturn]] void report(const Fiber& fiber, const Location& location, uintptr_t address, unsigned bytes, Access kind,
                           const void* pc, const Text& what);

  std::unordered_map<const Block*, std::unique_ptr<BlockState>> states_;
  std::unordered_map<uintptr_t, std::unique_ptr<Page>> pages_;
  uintptr_t last_number_ = 0;
  Page* last_page_ = nullptr;
  uint64_t launch_ = 0;
  unsigned gang_ = 1;  // blocks
};
}  // namespace emulator
