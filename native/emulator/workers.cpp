#include "workers.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>

#include <atomic>

#include "block.h"

namespace emulator {
struct Workers::Worker {
  unsigned number;
  sem_t wake;
  std::atomic<Block*> block{nullptr};
  const std::function<void(unsigned)>* work = nullptr;
  std::atomic<unsigned>* left = nullptr;
  sem_t* ended = nullptr;
};

namespace {
void wait(sem_t& semaphore) {
  while (sem_wait(&semaphore) != 0) {  // a signal came
  }
}
}  // namespace

void* Workers::live(void* argument) {
  Worker& self = *static_cast<Worker*>(argument);
  Block block;
  self.block = &block;
  sem_post(self.ended);
  for (;;) {
    wait(self.wake);
    std::atomic<unsigned>& left = *self.left;
    sem_t* ended = self.ended;
    (*self.work)(self.number);
    if (--left == 0) sem_post(ended);
  }
  return nullptr;
}

bool Workers::grow(unsigned count) {
  while (workers_.size() < count) {
    auto worker = std::make_unique<Worker>();
    worker->number = unsigned(workers_.size());
    sem_init(&worker->wake, 0, 0);
    sem_t started;
    sem_init(&started, 0, 0);
    worker->ended = &started;
    // A signal handler of the process (a JVM's) must not find itself on a fiber's small stack.
    sigset_t all, before;
    sigfillset(&all);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_t thread;
    int refused = pthread_create(&thread, nullptr, &Workers::live, worker.get());
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (refused) return false;
    pthread_detach(thread);
    wait(started);
    workers_.push_back(worker.release());
  }
  return true;
}

bool Workers::run(unsigned count, const std::function<void(unsigned)>& work) {
  if (!grow(count)) return false;
  std::atomic<unsigned> left{count};
  sem_t ended;
  sem_init(&ended, 0, 0);
  for (unsigned i = 0; i < count; i++) {
    Worker& worker = *workers_[i];
    worker.work = &work;
    worker.left = &left;
    worker.ended = &ended;
    sem_post(&worker.wake);
  }
  wait(ended);
  sem_destroy(&ended);
  return true;
}

Block* Workers::block(unsigned worker) const {
  return workers_[worker]->block;
}

Workers& workers() {
  static Workers* all = new Workers;  // never destroyed: its threads do not end
  return *all;
}
}  // namespace emulator
