#include "race_monitor.h"

#include <algorithm>

#include "failure.h"
#include "program.h"

namespace emulator {
namespace {
constexpr size_t kMaxPages = 8192;  // kept from launch to launch

// Which bytes of the word at `word` the access [address, address + bytes) touches.
uint8_t bytes_of_word(uintptr_t word, uintptr_t address, unsigned bytes) {
  unsigned low = word < address ? unsigned(address - word) : 0;
  unsigned high = unsigned(std::min<uintptr_t>(4, address + bytes - word));
  return uint8_t(((1u << high) - 1) & ~((1u << low) - 1));
}

const char* name_of(Access kind) {
  return kind == Access::read ? "read" : kind == Access::write ? "write" : "atomic operation";
}
}  // namespace

void RaceMonitor::begin_launch(const LaunchRequest& request) {
  launch_++;
  last_page_ = nullptr;
  if (pages_.size() > kMaxPages) pages_.clear();
  const dim3& grid = request.grid;
  gang_ = request.cooperative ? grid.x * grid.y * grid.z : request.cluster;
}

void RaceMonitor::begin_block(Block& block) {
  std::unique_ptr<BlockState>& kept = states_[&block];
  if (kept == nullptr) kept = std::make_unique<BlockState>();
  block.observed = kept.get();
  BlockState& state = *kept;
  state.clock = 1;
  state.first = block.index() / gang_ * gang_;
  state.known.assign(gang_, 0);
  state.visits.assign(gang_, Visit());
  state.warps.resize((block.threads() + kWarpLanes - 1) / kWarpLanes);
  for (Clocks& clocks : state.warps) {
    clocks = {};
    for (unsigned lane = 0; lane < kWarpLanes; lane++) clocks.known[lane][lane] = 1;
  }
  state.written[false].assign(Program::own().thread_local_bytes(), false);
  state.written[true].assign(block.dynamic_bytes(), false);
  state.map = MemoryMap();
}

// A block must not end before others have done with its shared memory, and know that they have only by a barrier.
void RaceMonitor::end_block(Block& block) {
  const BlockState& state = state_of(block);
  for (unsigned i = 0; i < gang_; i++) {
    const Visit& visit = state.visits[i];
    if (visit.clock <= state.known[i]) continue;
    block.fail_launch(visit.block, visit.thread,
                      text("access to shared memory of a block that may be gone, for want of a cluster barrier, at %s",
                           Program::own().source_line(Program::own().pc_at(visit.pc)).c_str()));
  }
}

void RaceMonitor::block_barrier(Block& block) {
  state_of(block).clock++;
}

void RaceMonitor::blocks_met(const std::vector<Block*>& blocks) {
  std::vector<uint32_t> known(gang_, 0);
  for (const Block* block : blocks) {
    BlockState& state = state_of(*block);
    state.known[block->index() - state.first] = state.clock;
    for (unsigned i = 0; i < gang_; i++) known[i] = std::max(known[i], state.known[i]);
  }
  for (const Block* block : blocks) state_of(*block).known = known;
}

void RaceMonitor::warp_met(Block& block, WarpOperation operation, unsigned warp, unsigned mask) {
  if (operation != WarpOperation::sync) return;
  Clocks& clocks = state_of(block).warps[warp];
  std::array<uint32_t, kWarpLanes> known = {};
  for (unsigned m = mask; m != 0; m &= m - 1) {
    const auto& lane = clocks.known[__builtin_ctz(m)];
    for (unsigned i = 0; i < kWarpLanes; i++) known[i] = std::max(known[i], lane[i]);
  }
  for (unsigned m = mask; m != 0; m &= m - 1) {
    unsigned lane = unsigned(__builtin_ctz(m));
    clocks.known[lane] = known;
    clocks.known[lane][lane]++;
  }
}

RaceMonitor::Word& RaceMonitor::word_at(uintptr_t address) {
  uintptr_t number = address / kPageBytes;
  if (last_page_ == nullptr || number != last_number_) {
    std::unique_ptr<Page>& page = pages_[number];
    if (page == nullptr) page = std::make_unique<Page>();
    if (page->launch != launch_) page->words.fill(Word());
    page->launch = launch_;
    last_page_ = page.get();
    last_number_ = number;
  }
  return last_page_->words[address % kPageBytes / 4];
}

// Whether an earlier access by another thread and this one, which is known to touch the same memory, have no order.
bool RaceMonitor::unordered(const Mark& old, const Mark& now, const Block& block, const Fiber& fiber,
                            Space space) const {
  if (old.block == kNobody || !(old.bytes & now.bytes) || (old.atomic && now.atomic)) return false;
  const BlockState& state = state_of(block);
  if (old.block == now.block) {
    if (old.thread == now.thread || old.block_clock != now.block_clock) return false;
    if (old.thread / kWarpLanes != fiber.warp) return true;
    return state.warps[fiber.warp].known[fiber.lane][old.thread % kWarpLanes] < old.lane_clock;
  }
  // At an address of shared memory, blocks of other clusters have had other memory.
  if (space != Space::global && old.block / block.cluster_blocks() != now.block / block.cluster_blocks()) return false;
  unsigned other = old.block - state.first;
  return other >= gang_ || state.known[other] < old.block_clock;
}

void RaceMonitor::check_written(const Fiber& fiber, const Location& location, unsigned bytes, Access kind,
                                const void* pc) {
  std::vector<bool>& written = state_of(*location.owner).written[location.dynamic];
  for (size_t i = location.offset; i < location.offset + bytes; i++) {
    if (kind != Access::write && !written[i]) {
      uintptr_t begin = location.dynamic ? reinterpret_cast<uintptr_t>(location.owner->dynamic_shared())
                                         : location.owner->thread_local_begin();
      report(fiber, location, begin + location.offset, bytes, kind, pc, text("uninitialised"));
    }
    written[i] = true;
  }
}

void RaceMonitor::access(Fiber& fiber, const void* pointer, unsigned bytes, Access kind, const void* pc) {
  Block& block = *fiber.block;
  BlockState& state = state_of(block);
  uintptr_t address = reinterpret_cast<uintptr_t>(pointer);
  Location location = state.map.locate(fiber, address);
  if (location.space == Space::local) return;
  Text wrong = state.map.fault(location, address, bytes);
  if (!wrong.empty()) report(fiber, location, address, bytes, kind, pc, wrong);
  if (location.space == Space::program && kind == Access::read) return;
  if (location.owner != nullptr) check_written(fiber, location, bytes, kind, pc);
  uint32_t offset = Program::own().offset_of(pc);
  if (location.space == Space::distributed) {
    state_of(*location.owner).visits[block.index() - state.first] = {state.clock, offset, block.index(), fiber.thread};
  }

  Mark now;
  now.block = block.index();
  now.block_clock = state.clock;
  now.lane_clock = state.warps[fiber.warp].known[fiber.lane][fiber.lane];
  now.pc = offset;
  now.thread = uint16_t(fiber.thread);
  now.atomic = kind == Access::atomic;
  Space space = location.owner != nullptr ? Space::shared : Space::global;
  for (uintptr_t at = address & ~uintptr_t(3); at < address + bytes; at += 4) {
    Word& word = word_at(at);
    now.bytes = bytes_of_word(at, address, bytes);
    const Mark* other = unordered(word.write, now, block, fiber, space) ? &word.write : nullptr;
    if (other == nullptr && kind != Access::read) {
      if (unordered(word.read, now, block, fiber, space)) other = &word.read;
      if (unordered(word.other_read, now, block, fiber, space)) other = &word.other_read;
    }
    if (other != nullptr) {
      Access other_kind = other->atomic ? Access::atomic : other == &word.write ? Access::write : Access::read;
      report(
          fiber, location, address, bytes, kind, pc,
          text("race with the %s by %s at %s:", name_of(other_kind), block.name_of(other->block, other->thread).c_str(),
               Program::own().source_line(Program::own().pc_at(other->pc)).c_str()));
    }
    if (kind != Access::read) {
      remember(word.write, now);
    } else {
      if (word.read.thread != now.thread || word.read.block != now.block) word.other_read = word.read;
      remember(word.read, now);
    }
  }
}

// A thread's accesses to parts of a word are one.
void RaceMonitor::remember(Mark& mark, const Mark& now) {
  bool same = mark.block == now.block && mark.thread == now.thread && mark.block_clock == now.block_clock &&
              mark.lane_clock == now.lane_clock && mark.atomic == now.atomic;
  uint8_t before = same ? mark.bytes : 0;
  mark = now;
  mark.bytes |= before;
}

void RaceMonitor::report(const Fiber& fiber, const Location& location, uintptr_t address, unsigned bytes, Access kind,
                         const void* pc, const Text& what) {
  const char* memory = location.owner != nullptr          ? "shared memory"
                       : location.space == Space::program ? "a global variable"
                                                          : "global memory";
  fiber.block->fault(fiber, text("%s %s of %u bytes of %s at address 0x%zx, at %s", what.c_str(), name_of(kind), bytes,
                                 memory, size_t(address), Program::own().source_line(pc).c_str()));
}

Monitor& race_monitor() {
  static RaceMonitor* monitor = new RaceMonitor;
  return *monitor;
}
}  // namespace emulator
