#include "failure.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace emulator {
std::string text(const char* format, ...) {
  char buffer[1000];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  return buffer;
}

std::string place(const char* file, int line) {
  const char* slash = strrchr(file, '/');
  return text("%s:%d", slash != nullptr ? slash + 1 : file, line);
}
}  // namespace emulator
