#include "block_traffic.h"

#include <algorithm>
#include <cstring>

namespace emulator {
namespace {
constexpr unsigned kSectorsPerPage = 128;
constexpr unsigned kBanks = 32;
constexpr unsigned kBankBytes = 4;
// How far a lane may run ahead of its warp, which bounds the requests that wait for their other lanes.
constexpr uint32_t kMaxAhead = 1024;
}  // namespace

void BlockTraffic::begin(const Block& block) {
  map_ = MemoryMap();
  counts_ = TrafficCounts();
  counts_.blocks = 1;
  pages_.clear();
  last_page_ = nullptr;
  interval_ = 1;
  warps_.resize((block.threads() + kWarpLanes - 1) / kWarpLanes);
  for (unsigned w = 0; w < warps_.size(); w++) {
    drop(warps_[w]);  // what a launch that failed has left
    warps_[w].exist = block.lanes(w);
  }
}

void BlockTraffic::end() {
  for (Warp& warp : warps_) flush(warp);
}

void BlockTraffic::barrier() {
  for (Warp& warp : warps_) flush(warp);
  interval_++;
  counts_.block_barriers++;
}

void BlockTraffic::warp_met(WarpOperation operation, unsigned warp, bool whole) {
  switch (operation) {
    case WarpOperation::sync:
      counts_.warp_barriers++;
      break;
    case WarpOperation::shuffle:
      counts_.shuffles++;
      break;
    case WarpOperation::ballot:
      counts_.ballots++;
      break;
    case WarpOperation::collective:
      counts_.collectives++;
      break;
  }
  if (whole) flush(warps_[warp]);
}

uint32_t BlockTraffic::site_of(const void* pc) {
  if (pc == last_pc_) return last_site_;
  last_pc_ = pc;
  last_site_ = sites_.emplace(pc, uint32_t(sites_.size())).first->second;
  return last_site_;
}

void BlockTraffic::access(Fiber& fiber, uintptr_t address, unsigned bytes, Access kind, const void* pc) {
  Space space = map_.locate(fiber, address).space;
  if (space == Space::distributed) counts_.distributed_bytes += bytes;
  if (space != Space::global && space != Space::shared) return;
  Warp& warp = warps_[fiber.warp];
  uint32_t id = site_of(pc);
  if (id >= warp.sites.size()) warp.sites.resize(id + 1);
  Site& site = warp.sites[id];

  uint32_t execution = site.count[fiber.lane]++ - site.first;
  if (site.pending.size() <= execution) {
    if (site.pending.empty() && site.first == 0) warp.used.push_back(id);
    site.pending.emplace_back();
  }
  Request& request = site.pending[execution];
  request.bytes = bytes;
  request.kind = kind;
  request.global = space == Space::global;
  request.lanes |= 1u << fiber.lane;
  request.address[fiber.lane] = address;
  while (!site.pending.empty() && site.pending.front().lanes == warp.exist) {
    finish(site.pending.front());
    site.pending.pop_front();
    site.first++;
  }
  if (++warp.ahead[fiber.lane] >= kMaxAhead) {
    warp.ahead[fiber.lane] = 0;
    fiber.block->yield_in_warp();
  }
}

void BlockTraffic::flush(Warp& warp) {
  for (uint32_t id : warp.used) {
    for (const Request& request : warp.sites[id].pending) finish(request);
  }
  drop(warp);
}

void BlockTraffic::drop(Warp& warp) {
  for (uint32_t id : warp.used) {
    Site& site = warp.sites[id];
    site.pending.clear();
    site.first = 0;
    site.count.fill(0);
  }
  warp.used.clear();
}

void BlockTraffic::finish(const Request& request) {
  if (request.global) {
    finish_global(request);
  } else {
    finish_shared(request);
  }
}

void BlockTraffic::finish_global(const Request& request) {
  std::array<uintptr_t, 2 * kWarpLanes> sectors;  // an access may lie in two
  size_t count = 0;
  GlobalTraffic& traffic = counts_.global[int(request.kind)];
  for (unsigned m = request.lanes; m != 0; m &= m - 1) {
    uintptr_t address = request.address[__builtin_ctz(m)];
    uintptr_t last = (address + request.bytes - 1) / kSectorBytes;
    for (uintptr_t sector = address / kSectorBytes; sector <= last && count < sectors.size(); sector++) {
      if (count == 0 || sectors[count - 1] != sector) sectors[count++] = sector;
    }
    traffic.bytes += request.bytes;
  }
  auto end = sectors.begin() + count;
  if (!std::is_sorted(sectors.begin(), end)) std::sort(sectors.begin(), end);
  end = std::unique(sectors.begin(), end);
  traffic.requests++;
  traffic.sectors += uint64_t(end - sectors.begin());
  for (auto sector = sectors.begin(); sector != end; ++sector) touch(*sector, int(request.kind));
}

void BlockTraffic::touch(uintptr_t sector, int kind) {
  uintptr_t number = sector / kSectorsPerPage;
  if (last_page_ == nullptr || number != last_number_) {
    last_page_ = &pages_[number];
    last_number_ = number;
  }
  Page& page = *last_page_;
  if (page.interval != interval_) {
    memset(page.seen_in_interval, 0, sizeof page.seen_in_interval);
    page.interval = interval_;
  }
  unsigned bit = sector % kSectorsPerPage;
  uint64_t mask = 1ull << bit % 64;
  uint64_t& in_interval = page.seen_in_interval[kind][bit / 64];
  uint64_t& seen = page.seen[kind][bit / 64];
  if (!(in_interval & mask)) counts_.global[kind].interval_sectors++;
  if (!(seen & mask)) counts_.global[kind].block_sectors++;
  in_interval |= mask;
  seen |= mask;
}

// The banks give 4 bytes a lane and cycle: 8-byte accesses are served by half warps, 16-byte ones by quarters. In one
// such phase a bank delivers one word a cycle, to any number of lanes.
void BlockTraffic::finish_shared(const Request& request) {
  unsigned phases = request.bytes <= kBankBytes ? 1 : std::min(4u, request.bytes / kBankBytes);
  unsigned lanes = kWarpLanes / phases;
  SharedTraffic& traffic = counts_.shared[int(request.kind)];
  traffic.requests++;
  for (unsigned phase = 0; phase < phases; phase++) {
    std::array<uintptr_t, 4 * kWarpLanes> words;
    size_t count = 0;
    for (unsigned lane = phase * lanes; lane < (phase + 1) * lanes; lane++) {
      if (!(request.lanes >> lane & 1)) continue;
      uintptr_t address = request.address[lane];
      traffic.bytes += request.bytes;
      for (uintptr_t word = address / kBankBytes; word <= (address + request.bytes - 1) / kBankBytes; word++) {
        if (count < words.size()) words[count++] = word;
      }
    }
    if (count == 0) continue;
    std::sort(words.begin(), words.begin() + count);
    auto end = std::unique(words.begin(), words.begin() + count);
    std::array<unsigned, kBanks> load = {};
    for (auto word = words.begin(); word != end; ++word) load[*word % kBanks]++;
    traffic.cycles += *std::max_element(load.begin(), load.end());
    traffic.ideal++;
  }
}
}  // namespace emulator
