#include "failure.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace emulator {
Text text(const char* format, ...) {
  Text result;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(result.characters_, sizeof result.characters_, format, arguments);
  va_end(arguments);
  return result;
}

Text place(const char* file, int line) {
  const char* slash = strrchr(file, '/');
  return text("%s:%d", slash != nullptr ? slash + 1 : file, line);
}
}  // namespace emulator
