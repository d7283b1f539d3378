#include "device_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "emulator.h"

namespace emulator {
namespace {
constexpr size_t kAlignment = 256;
constexpr size_t kGapBytes = 256;              // between allocations, where accesses are seen
constexpr size_t kBlankBytes = 64 << 20;       // beyond it, filling would take longer than tests of large offsets do
constexpr size_t kMaxBytes = size_t{1} << 38;  // more than any GPU has
constexpr size_t kMaxFreedBytes = 64 << 20;
}  // namespace

void* DeviceMemory::allocate(size_t bytes) {
  // Elsewhere as much as asked for, so that the address sanitizer's red zone begins right behind it.
  size_t room = std::max<size_t>(bytes, 1) + (instrumented() ? kGapBytes : 0);
  void* pointer = nullptr;
  if (bytes > kMaxBytes || posix_memalign(&pointer, kAlignment, room) != 0) return nullptr;
  if (bytes <= kBlankBytes) memset(pointer, 0xff, bytes);  // NaNs: use of blank memory shows in results
  std::lock_guard<std::mutex> lock(mutex_);
  entries_[reinterpret_cast<uintptr_t>(pointer)] = {bytes, false};
  return pointer;
}

bool DeviceMemory::release(void* pointer) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto entry = entries_.find(reinterpret_cast<uintptr_t>(pointer));
  if (entry == entries_.end() || entry->second.freed) return false;
  if (watched() != Watch::races) {
    entries_.erase(entry);
    free(pointer);
    return true;
  }
  entry->second.freed = true;
  freed_.push_back(entry->first);
  freed_bytes_ += entry->second.bytes;
  while (freed_bytes_ > kMaxFreedBytes) {
    auto oldest = entries_.find(freed_.front());
    freed_.pop_front();
    freed_bytes_ -= oldest->second.bytes;
    free(reinterpret_cast<void*>(oldest->first));
    entries_.erase(oldest);
  }
  return true;
}

Allocation DeviceMemory::before(uintptr_t address) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto after = entries_.upper_bound(address);
  if (after == entries_.begin()) return {};
  --after;
  return {after->first, after->second.bytes, after->second.freed};
}

DeviceMemory& device_memory() {
  static DeviceMemory* memory = new DeviceMemory;
  return *memory;
}
}  // namespace emulator
