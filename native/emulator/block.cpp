#include "block.h"

#include <cstdlib>
#include <cstring>

#include "gang.h"
#include "monitor.h"
#include "program.h"

#if EMULATOR_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace emulator {
Monitor* monitor = nullptr;

namespace {
// Is in the same module as the kernels' static shared memory. Its use makes the OS thread have both.
thread_local volatile char thread_local_anchor;

uintptr_t own_thread_local_begin() {
  thread_local_anchor = 1;
  return Program::own().thread_local_begin();
}

unsigned lowest(unsigned mask) {
  return unsigned(__builtin_ctz(mask));
}

unsigned highest(unsigned mask) {
  return 31 - unsigned(__builtin_clz(mask));
}

const char* name_of(WarpOperation operation) {
  switch (operation) {
    case WarpOperation::sync:
      return "__syncwarp";
    case WarpOperation::shuffle:
      return "shuffle";
    case WarpOperation::ballot:
      return "ballot";
    default:
      return "warp collective";
  }
}
}  // namespace

Block::Block()
    : dynamic_(static_cast<unsigned char*>(aligned_alloc(1024, kMaxDynamicBytes))),
      thread_local_begin_(own_thread_local_begin()) {
  describe_own_stack(worker_);
}

Block::~Block() {
  for (Fiber* fiber : fibers_) give_fiber(fiber);
  free(dynamic_);
}

void Block::join(Gang* gang, std::vector<Block*>* blocks, unsigned rank) {
  gang_ = gang;
  gang_blocks_ = blocks;
  rank_ = rank;
}

size_t Block::dynamic_bytes() const {
  return launch_->request.shared_bytes;
}

unsigned Block::cluster_blocks() const {
  return launch_->request.cluster;
}

Block* Block::of_cluster(unsigned rank) const {
  unsigned size = cluster_blocks();
  return size == 1 ? const_cast<Block*>(this) : (*gang_blocks_)[rank_ / size * size + rank];
}

void Block::run(Launch& launch, unsigned index) {
  const LaunchRequest& request = launch.request;
  launch_ = &launch;
  index_ = index;
  threads_ = request.block.x * request.block.y * request.block.z;
  const dim3& g = request.grid;
  block_index_ = {index_ % g.x, index_ / g.x % g.y, index_ / (g.x * g.y)};
  warp_count_ = (threads_ + kWarpLanes - 1) / kWarpLanes;
  for (unsigned w = 0; w < warp_count_; w++) {
    unsigned lanes = threads_ - w * kWarpLanes;
    unsigned exist = lanes >= kWarpLanes ? 0xffffffffu : (1u << lanes) - 1;
    warps_[w] = {exist, exist, 0, 0, 0, 0, {}};
  }
  done_ = 0;
  ended_ = false;
  barrier_ = Barrier();
  random_.seed(launch.execution.seed + index);
  memset(dynamic_, 0xff, request.shared_bytes);  // NaNs: a read before any write shows in the result
#if EMULATOR_ASAN
  ASAN_POISON_MEMORY_REGION(dynamic_ + request.shared_bytes, kMaxDynamicBytes - request.shared_bytes);
#endif
  if (monitor != nullptr) monitor->begin_block(*this);

  bool reversed = launch.execution.schedule == Schedule::reversed;
  do {
    at_warp_ = reversed ? warp_count_ - 1 : 0;
    at_lane_ = reversed ? 0 : kWarpLanes - 1;
    Fiber* fiber = next(nullptr);
    if (fiber != nullptr) switch_context(worker_, *fiber);
    if (launch.failure.failed()) break;
    check_operations();
  } while (!launch.failure.failed() && done_ < threads_ && release_barrier());

  if (idle_.size() != fibers_.size()) {  // some stopped half way
    idle_ = fibers_;
    for (Fiber* fiber : fibers_) restart_fiber(fiber, &Block::start);
  }
  ended_ = true;
  if (monitor != nullptr) monitor->end_block(*this);
#if EMULATOR_ASAN
  ASAN_UNPOISON_MEMORY_REGION(dynamic_, kMaxDynamicBytes);
#endif
}

// ---- which thread runs next

// Of the warp's lanes that can go on, the one that the schedule wants; there is one.
unsigned Block::choose_lane(const Warp& warp, unsigned index) const {
  unsigned can = warp.ready | warp.fresh;
  unsigned after;
  switch (launch_->execution.schedule) {
    case Schedule::forward:
      after = index == at_warp_ ? can & ~((2u << at_lane_) - 1) : 0;
      return lowest(after != 0 ? after : can);
    case Schedule::reversed:
      after = index == at_warp_ ? can & ((1u << at_lane_) - 1) : 0;
      return highest(after != 0 ? after : can);
    default:
      return 0;
  }
}

bool Block::choose(unsigned& warp, unsigned& lane) {
  Schedule schedule = launch_->execution.schedule;
  unsigned first = schedule == Schedule::random ? unsigned(random_()) % warp_count_ : at_warp_;
  for (unsigned i = 0; i < warp_count_; i++) {
    unsigned w = schedule == Schedule::reversed ? (first + warp_count_ - i) % warp_count_ : (first + i) % warp_count_;
    unsigned can = warps_[w].ready | warps_[w].fresh;
    if (can == 0) continue;
    warp = w;
    if (schedule == Schedule::random) {
      unsigned turn = unsigned(random_()) % kWarpLanes;
      unsigned above = can >> turn;
      lane = above != 0 ? turn + lowest(above) : lowest(can);
    } else {
      lane = choose_lane(warps_[w], w);
    }
    return true;
  }
  return false;
}

Fiber* Block::idle_fiber() {
  if (idle_.empty()) {
    Fiber* fiber = take_fiber(&Block::start);
    if (fiber == nullptr) return nullptr;
    fibers_.push_back(fiber);
    return fiber;
  }
  Fiber* fiber = idle_.back();
  idle_.pop_back();
  return fiber;
}

void Block::bind(Fiber& fiber, unsigned warp, unsigned lane) {
  const LaunchRequest& request = launch_->request;
  unsigned thread = warp * kWarpLanes + lane;
  const dim3& b = request.block;
  const dim3& g = request.grid;
  fiber.thread_index = {thread, 0, 0};
  if (b.x < threads_) fiber.thread_index = {thread % b.x, thread / b.x % b.y, thread / (b.x * b.y)};
  fiber.block_index = block_index_;
  fiber.block_dim = {b.x, b.y, b.z};
  fiber.grid_dim = {g.x, g.y, g.z};
  fiber.dynamic_shared = dynamic_;
  fiber.block = this;
  fiber.thread = thread;
  fiber.lane = lane;
  fiber.warp = warp;
}

// The fiber of the thread that shall run now, or null if no thread can. A thread that has not begun gets `idle`, if
// given.
Fiber* Block::next(Fiber* idle) {
  unsigned w, lane;
  if (!choose(w, lane)) return nullptr;
  at_warp_ = w;
  at_lane_ = lane;
  Warp& warp = warps_[w];
  unsigned bit = 1u << lane;
  if (warp.ready & bit) {
    warp.ready &= ~bit;
    return warp.fibers[lane];
  }
  Fiber* fiber = idle != nullptr ? idle : idle_fiber();
  if (fiber == nullptr) {
    launch_->failure.set(text("no more stacks for the threads of blocks that run together"));
    return nullptr;
  }
  warp.fresh &= ~bit;
  warp.fibers[lane] = fiber;
  bind(*fiber, w, lane);
  return fiber;
}

void Block::start() {
  entered_context();
  here()->block->run_threads();
}

// The life of a fiber: one thread after the other, for as long as there is one that has not begun.
void Block::run_threads() {
  Fiber& self = *here();
  for (;;) {
    const LaunchRequest& request = self.block->launch_->request;
    request.run(request.call);
    Block& block = *self.block;
    block.warps_[self.warp].done |= 1u << self.lane;
    block.done_++;
    Fiber* fiber = block.next(&self);
    if (fiber == &self) continue;
    block.idle_.push_back(&self);
    if (fiber != nullptr) {
      switch_context(self, *fiber);
    } else {
      switch_context(self, block.worker_);
    }
  }
}

// Lets others run until the fiber's thread is ready and its turn comes.
void Block::suspend(Fiber& fiber) {
  Fiber* other = next(nullptr);
  if (other == &fiber) return;
  if (other != nullptr) {
    switch_context(fiber, *other);
  } else {
    switch_context(fiber, worker_);
  }
}

void Block::yield_in_warp() {
  Fiber& fiber = *here();
  Warp& warp = warps_[fiber.warp];
  if ((warp.ready | warp.fresh) == 0) return;
  warp.ready |= 1u << fiber.lane;
  suspend(fiber);
}

// ---- barriers

void Block::barrier(const char* what, const void* key, unsigned blocks, const char* file, int line) {
  Fiber& fiber = *here();
  fiber.file = file;
  fiber.line = line;
  if (barrier_.arrived == 0) {
    barrier_ = {what, key, blocks, file, line, &fiber, 0};
    if (blocks > 1 && gang_ == nullptr) fault(fiber, text("%s in a launch whose blocks do not run together", what));
  } else if (barrier_.what != what || barrier_.key != key || barrier_.blocks != blocks || barrier_.line != line ||
             strcmp(barrier_.file, file) != 0) {
    fault(fiber, text("divergent barrier: %s at %s, but thread (%u,%u,%u) waits in a %s at %s", what,
                      place(file, line).c_str(), barrier_.first->thread_index.x, barrier_.first->thread_index.y,
                      barrier_.first->thread_index.z, barrier_.what, place(barrier_.file, barrier_.line).c_str()));
  }
  barrier_.arrived++;
  warps_[fiber.warp].at_barrier |= 1u << fiber.lane;
  suspend(fiber);
}

// On the worker, when all live threads stand at the barrier: false if the launch has failed.
bool Block::release_barrier() {
  if (done_ > 0) {
    fail_launch(index_, barrier_.first->thread,
                text("%s reached by %u of %u threads, the others have exited, at %s", barrier_.what, barrier_.arrived,
                     threads_, place(barrier_.file, barrier_.line).c_str()));
    return false;
  }
  if (barrier_.blocks > 1 && !gang_->meet(*this, barrier_.key, barrier_.blocks)) return false;
  if (monitor != nullptr) monitor->block_barrier(*this);
  for (unsigned w = 0; w < warp_count_; w++) {
    warps_[w].ready = warps_[w].at_barrier;
    warps_[w].at_barrier = 0;
  }
  barrier_.arrived = 0;
  return true;
}

Text Block::where_waiting() const {
  return text("kernel %s, %s: waits in a %s of %u blocks at %s", launch_->request.name,
              name_of(index_, barrier_.first->thread).c_str(), barrier_.what, barrier_.blocks,
              place(barrier_.file, barrier_.line).c_str());
}

// ---- warp operations

// The last lane of the mask to come does the work for all of them.
void Block::meet_warp(Fiber& fiber) {
  Warp& warp = warps_[fiber.warp];
  unsigned bit = 1u << fiber.lane;
  if (!(fiber.mask & bit)) {
    fault(fiber, text("%s with mask %08x by lane %u, which is not in it, at %s", emulator::name_of(fiber.operation),
                      fiber.mask, fiber.lane, place(fiber.file, fiber.line).c_str()));
  }
  warp.in_operation |= bit;
  unsigned need = fiber.mask & warp.exist;
  if ((warp.in_operation & need) == need) {
    complete(warp, fiber, need);
    return;
  }
  suspend(fiber);
}

void Block::complete(Warp& warp, Fiber& last, unsigned need) {
  unsigned votes = 0;
  for (unsigned m = need; m != 0; m &= m - 1) {
    const Fiber& fiber = *warp.fibers[lowest(m)];
    if (fiber.mask != last.mask || fiber.operation != last.operation || fiber.line != last.line ||
        fiber.value_bytes != last.value_bytes) {
      fault(last,
            text("lanes of mask %08x meet in different operations: %s with mask %08x at %s, and lane %u in a %s "
                 "with mask %08x at %s",
                 last.mask, emulator::name_of(last.operation), last.mask, place(last.file, last.line).c_str(),
                 fiber.lane, emulator::name_of(fiber.operation), fiber.mask, place(fiber.file, fiber.line).c_str()));
    }
    if (fiber.operation == WarpOperation::ballot) votes |= fiber.source << fiber.lane;
  }
  if (last.operation == WarpOperation::shuffle) {
    for (unsigned m = need; m != 0; m &= m - 1) {
      Fiber& fiber = *warp.fibers[lowest(m)];
      if (!(need >> fiber.source & 1)) {
        fault(fiber, text("shuffle with mask %08x reads lane %u, which takes no part, at %s", fiber.mask, fiber.source,
                          place(fiber.file, fiber.line).c_str()));
      }
      memcpy(fiber.out, warp.fibers[fiber.source]->in, fiber.value_bytes);
    }
  } else if (last.operation == WarpOperation::ballot) {
    for (unsigned m = need; m != 0; m &= m - 1) warp.fibers[lowest(m)]->votes = votes;
  } else if (last.operation == WarpOperation::collective) {
    const void* in[kWarpLanes] = {};
    void* out[kWarpLanes] = {};
    for (unsigned m = need; m != 0; m &= m - 1) {
      const Fiber& fiber = *warp.fibers[lowest(m)];
      in[fiber.lane] = fiber.in;
      out[fiber.lane] = fiber.out;
    }
    last.combine(last.mask, in, out);
  }
  warp.in_operation &= ~need;
  warp.ready |= need & ~(1u << last.lane);
  if (monitor != nullptr) monitor->warp_met(*this, last.operation, last.warp, need);
}

// On the worker, when no thread can go on: an operation that lanes still wait in will never be complete.
void Block::check_operations() {
  for (unsigned w = 0; w < warp_count_; w++) {
    const Warp& warp = warps_[w];
    if (warp.in_operation == 0) continue;
    const Fiber& fiber = *warp.fibers[lowest(warp.in_operation)];
    unsigned missing = fiber.mask & warp.exist & ~warp.in_operation;
    fail_launch(index_, fiber.thread,
                text("%s with mask %08x is never complete: of its lanes %08x have exited, %08x wait at a barrier and "
                     "%08x in another operation, at %s",
                     emulator::name_of(fiber.operation), fiber.mask, missing & warp.done, missing & warp.at_barrier,
                     missing & ~warp.done & ~warp.at_barrier, place(fiber.file, fiber.line).c_str()));
    return;
  }
}

// ---- faults

Text Block::name_of(unsigned block, unsigned thread) const {
  const dim3& g = launch_->request.grid;
  const dim3& b = launch_->request.block;
  return text("block (%u,%u,%u), thread (%u,%u,%u)", block % g.x, block / g.x % g.y, block / (g.x * g.y), thread % b.x,
              thread / b.x % b.y, thread / (b.x * b.y));
}

void Block::fail_launch(unsigned block, unsigned thread, const Text& what) {
  launch_->failure.set(text("kernel %s, %s: %s", launch_->request.name, name_of(block, thread).c_str(), what.c_str()));
  if (gang_ != nullptr) gang_->stop();
}

void Block::fault(const Fiber& fiber, const Text& what) {
  fail_launch(index_, fiber.thread, what);
  switch_context(*here(), worker_);
  abort();  // nobody goes on with a fiber of a failed block
}
}  // namespace emulator
