// The memory traffic of launches, in figures that depend on the kernels and their inputs only: not on the schedule, nor
// on the number of OS threads. Counted for instrumented kernels while traffic is watched.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "cuda_host.h"
#include "monitor.h"

namespace emulator {
constexpr unsigned kSectorBytes = 32;

// Global memory, one kind of access. A request is one instruction of a warp.
struct GlobalTraffic {
  uint64_t bytes = 0;  // that the threads ask for
  uint64_t requests = 0;
  uint64_t sectors = 0;           // distinct within a request: what the L1 cache has to deal with
  uint64_t interval_sectors = 0;  // distinct within a block between two barriers
  uint64_t block_sectors = 0;     // distinct within a block
  uint64_t launch_sectors = 0;    // distinct within the launch: the least that memory has to move

  // Asked for over moved, when every request moves its sectors. Above 1 where lanes share an address.
  double efficiency() const {
    return sectors != 0 ? double(bytes) / double(sectors * kSectorBytes) : 1;
  }
  uint64_t least_bytes() const {
    return launch_sectors * kSectorBytes;
  }
  // In sectors that the same block has met before: from a cache if that is not long ago.
  uint64_t again_bytes() const {
    return (sectors - block_sectors) * kSectorBytes;
  }
  // The part of them that it met before its last barrier: most likely another pass over the data.
  uint64_t again_after_barrier_bytes() const {
    return (interval_sectors - block_sectors) * kSectorBytes;
  }
};

// Shared memory, one kind of access.
struct SharedTraffic {
  uint64_t bytes = 0;
  uint64_t requests = 0;
  uint64_t cycles = 0;  // of the banks
  uint64_t ideal = 0;   // the same without conflicts

  uint64_t conflicts() const {
    return cycles - ideal;
  }
};

struct TrafficCounts {
  GlobalTraffic global[3];  // by Access
  SharedTraffic shared[3];
  uint64_t distributed_bytes = 0;  // of shared memory of other blocks of a cluster
  uint64_t blocks = 0;
  uint64_t block_barriers = 0;  // summed over blocks; each barrier among blocks is one too
  uint64_t blocks_met = 0;      // barriers among blocks
  uint64_t shuffles = 0;        // instructions of a warp
  uint64_t ballots = 0;
  uint64_t warp_barriers = 0;
  uint64_t collectives = 0;

  const GlobalTraffic& reads() const {
    return global[int(Access::read)];
  }
  const GlobalTraffic& writes() const {
    return global[int(Access::write)];
  }
  const GlobalTraffic& atomics() const {
    return global[int(Access::atomic)];
  }
  SharedTraffic all_shared() const;
  bool operator==(const TrafficCounts& other) const;
  void add(const TrafficCounts& other);
};

struct TrafficRecord {
  std::string kernel;
  dim3 grid, block;
  TrafficCounts counts;
};

// Of the launches since the last call that did not fail, in order.
std::vector<TrafficRecord> take_traffic();

// An array with an object a record.
std::string to_json(const std::vector<TrafficRecord>& records);
}  // namespace emulator
