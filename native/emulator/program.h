// What the file that holds the kernels knows of itself: where it is loaded, its static shared variables, and the source
// line of an instruction.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "failure.h"

namespace emulator {
struct SharedVariable {
  size_t begin, end;  // from the beginning of the module's thread-local storage
  std::string name;
};

class Program {
 public:
  static const Program& own();

  bool contains(uintptr_t address) const {
    return address - begin_ < end_ - begin_;
  }
  size_t thread_local_bytes() const {
    return thread_local_bytes_;
  }
  // Of the calling OS thread, which must have used some of it.
  uintptr_t thread_local_begin() const;

  // The variable that lies at an offset, or null.
  const SharedVariable* variable_at(size_t offset) const;
  // The variable with the highest end at or below an offset, or null.
  const SharedVariable* variable_before(size_t offset) const;

  // An instruction by four bytes, and back.
  uint32_t offset_of(const void* pc) const {
    return uint32_t(reinterpret_cast<uintptr_t>(pc) - base_);
  }
  const void* pc_at(uint32_t offset) const {
    return reinterpret_cast<const void*>(base_ + offset);
  }
  // "vector.cuh:18, from adam.cu:40" of the instruction before a return address. Starts a process: for reports only.
  Text source_line(const void* pc) const;

 private:
  Program();
  const std::vector<SharedVariable>& variables() const;  // by their places; read when first asked for

  uintptr_t base_ = 0, begin_ = 0, end_ = 0;
  size_t thread_local_bytes_ = 0;
  std::string path_;
};
}  // namespace emulator
