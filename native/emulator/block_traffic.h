// The traffic of one block. Lanes of a warp run one after the other, so that the accesses of one instruction of the
// warp come far apart. They are gathered by the instruction and by how often the lane has executed it since its warp last
// met, which is where the lanes would have been together.
#pragma once
#include <array>
#include <deque>
#include <unordered_map>
#include <vector>

#include "memory_map.h"
#include "traffic.h"

namespace emulator {
class BlockTraffic {
 public:
  struct Page {  // 4 KB of global memory, a bit a sector, by Access
    uint64_t seen[3][2] = {};
    uint64_t seen_in_interval[3][2] = {};
    uint32_t interval = 0;
  };

  void begin(const Block& block);
  void end();
  void barrier();
  void warp_met(WarpOperation operation, unsigned warp, bool whole);
  void access(Fiber& fiber, uintptr_t address, unsigned bytes, Access kind, const void* pc);

  const TrafficCounts& counts() const {
    return counts_;
  }
  const std::unordered_map<uintptr_t, Page>& pages() const {
    return pages_;
  }

 private:
  struct Request {
    unsigned lanes = 0;
    unsigned bytes = 0;
    Access kind = Access::read;
    bool global = true;
    std::array<uintptr_t, kWarpLanes> address;
  };

  struct Site {  // an instruction, as a warp has executed it since its lanes last met
    std::array<uint32_t, kWarpLanes> count = {};
    uint32_t first = 0;  // the execution that pending begins with
    std::deque<Request> pending;
  };

  struct Warp {
    unsigned exist = 0;
    std::vector<Site> sites;
    std::vector<uint32_t> used;
    std::array<uint32_t, kWarpLanes> ahead = {};  // accesses since the lane last let the others run
  };

  uint32_t site_of(const void* pc);
  void flush(Warp& warp);
  void drop(Warp& warp);
  void finish(const Request& request);
  void finish_global(const Request& request);
  void finish_shared(const Request& request);
  void touch(uintptr_t sector, int kind);

  MemoryMap map_;
  TrafficCounts counts_;
  std::vector<Warp> warps_;
  std::unordered_map<const void*, uint32_t> sites_;
  const void* last_pc_ = nullptr;
  uint32_t last_site_ = 0;
  std::unordered_map<uintptr_t, Page> pages_;
  uintptr_t last_number_ = 0;
  Page* last_page_ = nullptr;
  uint32_t interval_ = 0;
};
}  // namespace emulator
