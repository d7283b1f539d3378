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
  std::unique_lock<std::mutex> lock(mutex_);
  Place& place = places_[key];
  place.arrived.push_back(&block);
  if (place.arrived.size() == count) {
    complete(place);
    return !failure_.failed();
  }
  running_--;
  check_progress();
  uint64_t met = place.met;
  end_turn();
  changed_.wait(lock, [&] { return place.met != met || failure_.failed(); });
  lock.unlock();
  take_turn();  // without the lock, which others need to end theirs
  return !failure_.failed();
}

void Gang::complete(Place& place) {
  if (monitor != nullptr) monitor->blocks_met(place.arrived);
  running_ += unsigned(place.arrived.size()) - 1;
  place.arrived.clear();
  place.met++;
  changed_.notify_all();
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
    const Text waiting = entry.second.arrived[0]->where_waiting();
    failure_.set(text("%s, and no block is left that could come", waiting.c_str()));
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
