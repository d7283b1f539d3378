// What went wrong in a launch: the first fault counts, and the launch ends with it.
#pragma once
#include <atomic>
#include <mutex>
#include <string>

namespace emulator {
// A short text in its own memory: a fiber that reports a fault is never gone on with, so it must own nothing.
class Text {
 public:
  Text() {
    characters_[0] = 0;
  }
  bool empty() const {
    return characters_[0] == 0;
  }
  const char* c_str() const {
    return characters_;
  }

 private:
  friend Text text(const char* format, ...);
  char characters_[1000];
};

// In printf's manner.
Text text(const char* format, ...) __attribute__((format(printf, 1, 2)));

// "reduce.cuh:17": a report names files by their last part alone.
Text place(const char* file, int line);

class Failure {
 public:
  void set(const Text& report) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (failed_) return;
    report_ = report.c_str();
    failed_ = true;
  }
  bool failed() const {
    return failed_;
  }
  const std::string& report() const {  // when the launch has ended
    return report_;
  }

 private:
  std::mutex mutex_;
  std::atomic<bool> failed_{false};
  std::string report_;
};
}  // namespace emulator
