// Sums the traffic of blocks, which may run at the same time, to that of a launch.
#include <memory>
#include <mutex>
#include <unordered_map>

#include "block_traffic.h"
#include "monitor.h"
#include "traffic.h"

namespace emulator {
namespace {
class TrafficMonitor : public Monitor {
 public:
  void begin_launch(const LaunchRequest& request) override {
    record_ = {request.name, request.grid, request.block, {}};
    pages_.clear();
  }

  void end_launch(bool failed) override {
    if (failed) return;
    for (const auto& page : pages_) {
      for (int kind = 0; kind < 3; kind++) {
        for (uint64_t bits : page.second.seen[kind]) {
          record_.counts.global[kind].launch_sectors += uint64_t(__builtin_popcountll(bits));
        }
      }
    }
    std::lock_guard<std::mutex> lock(mutex_);
    records_.push_back(std::move(record_));
  }

  void begin_block(Block& block) override {
    std::unique_lock<std::mutex> lock(mutex_);
    std::unique_ptr<BlockTraffic>& kept = blocks_[&block];
    if (kept == nullptr) kept = std::make_unique<BlockTraffic>();
    block.observed = kept.get();
    lock.unlock();
    traffic_of(block).begin(block);
  }

  void end_block(Block& block) override {
    BlockTraffic& traffic = traffic_of(block);
    traffic.end();
    std::lock_guard<std::mutex> lock(mutex_);
    record_.counts.add(traffic.counts());
    for (const auto& page : traffic.pages()) {
      Seen& all = pages_[page.first];
      for (int kind = 0; kind < 3; kind++) {
        for (int half = 0; half < 2; half++) all.seen[kind][half] |= page.second.seen[kind][half];
      }
    }
  }

  void block_barrier(Block& block) override {
    traffic_of(block).barrier();
  }

  void blocks_met(const std::vector<Block*>&) override {
    std::lock_guard<std::mutex> lock(mutex_);
    record_.counts.blocks_met++;
  }

  void warp_met(Block& block, WarpOperation operation, unsigned warp, unsigned mask) override {
    traffic_of(block).warp_met(operation, warp, mask == block.lanes(warp));
  }

  void access(Fiber& fiber, const void* pointer, unsigned bytes, Access kind, const void* pc) override {
    traffic_of(*fiber.block).access(fiber, reinterpret_cast<uintptr_t>(pointer), bytes, kind, pc);
  }

  std::vector<TrafficRecord> take() {
    std::lock_guard<std::mutex> lock(mutex_);
    return std::move(records_);
  }

 private:
  struct Seen {
    uint64_t seen[3][2] = {};
  };

  static BlockTraffic& traffic_of(const Block& block) {
    return *static_cast<BlockTraffic*>(block.observed);
  }

  std::mutex mutex_;
  std::unordered_map<const Block*, std::unique_ptr<BlockTraffic>> blocks_;
  TrafficRecord record_;
  std::vector<TrafficRecord> records_;
  std::unordered_map<uintptr_t, Seen> pages_;
};

TrafficMonitor& the_monitor() {
  static TrafficMonitor* monitor = new TrafficMonitor;
  return *monitor;
}
}  // namespace

Monitor& traffic_monitor() {
  return the_monitor();
}

std::vector<TrafficRecord> take_traffic() {
  return the_monitor().take();
}
}  // namespace emulator
