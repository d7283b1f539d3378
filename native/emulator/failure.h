// What went wrong in a launch: the first fault counts, and the launch ends with it.
#pragma once
#include <atomic>
#include <mutex>
#include <string>

namespace emulator {
class Failure {
 public:
  void set(const std::string& report) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (failed_) return;
    report_ = report;
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

// In printf's manner.
std::string text(const char* format, ...) __attribute__((format(printf, 1, 2)));

// "reduce.cuh:17": a report names files by their last part alone.
std::string place(const char* file, int line);
}  // namespace emulator
