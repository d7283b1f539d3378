#include "results_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace test {
namespace {
[[noreturn]] void give_up(const char* path) {
  fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
  exit(2);
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      result += c;
      continue;
    }
    char escaped[8];
    snprintf(escaped, sizeof escaped, "\\u%04x", c);
    result += escaped;
  }
  return result + '"';
}
}  // namespace

ResultsFile::ResultsFile(const char* path) : path_(path) {
  if (path == nullptr) return;
  file_ = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) give_up(path);
}

ResultsFile::~ResultsFile() {
  if (file_ >= 0) close(file_);
}

// In one call, so that nobody finds half of it. What is written over is never longer.
void ResultsFile::write(const std::string& text) {
  if (file_ < 0) return;
  const std::string all = (place_ == 0 ? "[\n{" : ",\n{") + text + "}\n]\n";
  if (pwrite(file_, all.data(), all.size(), place_) != static_cast<ssize_t>(all.size())) give_up(path_);
}

void ResultsFile::begin(const std::string& name) {
  name_ = quoted(name);
  write("\"name\": " + name_ + ", \"status\": \"running\"");
}

void ResultsFile::end(double milliseconds, const std::vector<std::string>& messages) {
  char result[80];
  const char* status = messages.empty() ? "passed" : "failed";
  snprintf(result, sizeof result, ", \"status\": \"%s\", \"milliseconds\": %.3f", status, milliseconds);
  std::string text = "\"name\": " + name_ + result;
  for (size_t i = 0; i < messages.size(); i++) text += (i == 0 ? ", \"messages\": [" : ", ") + quoted(messages[i]);
  if (!messages.empty()) text += "]";
  write(text);
  // The end of the array is written over by the next case.
  place_ = lseek(file_, 0, SEEK_END) - 3;
}
}  // namespace test
