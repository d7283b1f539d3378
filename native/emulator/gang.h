// Blocks that run together, because they may wait for one another: all of a cooperative launch, or those of a cluster.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace emulator {
class Block;
class Failure;

class Gang {
 public:
  Gang(Failure& failure, bool take_turns) : failure_(failure), take_turns_(take_turns) {}

  void begin(unsigned blocks);

  // A block waits until `count` blocks have named the key. False if the launch has failed meanwhile, as it does if no
  // block is left that could come.
  bool meet(Block& block, const void* key, unsigned count);
  // A block has ended. Returns when all have, and as many others may begin, or the launch has failed.
  void leave();
  void stop();  // wakes all that wait, because the launch has failed

  // While a block runs, if blocks have to take turns.
  void take_turn();
  void end_turn();

 private:
  struct Place {
    std::vector<Block*> arrived;
    unsigned count = 0;
    uint64_t met = 0;  // how often it has been crossed
  };

  void complete(Place& place);
  void check_progress();

  Failure& failure_;
  const bool take_turns_;
  std::mutex turn_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<const void*, Place> places_;
  unsigned size_ = 0;
  unsigned running_ = 0;  // neither waiting nor ended
  unsigned left_ = 0;
  uint64_t ended_ = 0;  // how often all have
};
}  // namespace emulator
