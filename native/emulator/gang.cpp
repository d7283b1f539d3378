#include "gang.h"

#include "block.h"
#include "failure.h"
#include "monitor.h"

namespace emulator {
void Gang::begin(unsigned blocks) {
  size_ = blocks;
  running_ = blocks;
}

bool Gang::meet(Block& block, const void* key, unsigned count) {
  end_turn();
  bool together = wait_for_others(block, key, count);
  take_turn();
  return together;
}

bool Gang::wait_for_others(Block& block, const void* key, unsigned count) {
  std::unique_lock<std::mutex> lock(mutex_);
  Place& place = places_[key];
  place.arrived.push_back(&block);
  if (place.arrived.size() < count) {
    running_--;
    check_progress();
    uint64_t met = place.met;
    changed_.wait(lock, [&] { return place.met != met || failure_.failed(); });
    return !failure_.failed();
  }
  if (monitor != nullptr) {
    std::vector<unsigned> indices;
    for (const Block* each : place.arrived) indices.push_back(each->index());
    monitor->blocks_met(indices);
  }
  running_ += count - 1;
  place.arrived.clear();
  place.met++;
  changed_.notify_all();
  return !failure_.failed();
}

void Gang::leave() {
  std::unique_lock<std::mutex> lock(mutex_);
  running_--;
  if (++left_ < size_) {
    check_progress();
    uint64_t ended = ended_;
    changed_.wait(lock, [&] { return ended_ != ended || failure_.failed(); });
    return;
  }
  left_ = 0;
  running_ = size_;
  ended_++;
  changed_.notify_all();
}

void Gang::stop() {
  std::lock_guard<std::mutex> lock(mutex_);
  changed_.notify_all();
}

// With the lock held: if no block is running, those that wait would do so for ever.
void Gang::check_progress() {
  if (running_ > 0) return;
  for (const auto& entry : places_) {
    if (entry.second.arrived.empty()) continue;
    failure_.set(entry.second.arrived[0]->where_waiting() + ", and no block is left that could come");
    changed_.notify_all();
    return;
  }
}

void Gang::take_turn() {
  if (take_turns_) turn_.lock();
}

void Gang::end_turn() {
  if (take_turns_) turn_.unlock();
}
}  // namespace emulator
