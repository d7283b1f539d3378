// The results of cases as JSON: an array with an object a case, as in
//
//   {"name": "adam_test.cpp:every_product", "status": "failed", "milliseconds": 1.250, "messages": ["..."]}
//
// The status is running, passed or failed; milliseconds are of the wall clock. The file is complete JSON from the first
// case on, so that a run that is killed leaves what it had, and which case was running.
#pragma once
#include <string>
#include <vector>

namespace test {
class ResultsFile {
 public:
  // Nothing is written without a path. The process ends with status 2 if the file cannot be written.
  explicit ResultsFile(const char* path);
  ResultsFile(const ResultsFile&) = delete;
  ResultsFile& operator=(const ResultsFile&) = delete;
  ~ResultsFile();

  void begin(const std::string& name);
  void end(double milliseconds, const std::vector<std::string>& messages);  // passed if there are none

 private:
  void write(const std::string& text);

  const char* path_;
  int file_ = -1;
  long place_ = 0;  // of the case that is running
  std::string name_;
};
}  // namespace test
