#include "results_file.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kernel_test.h"

using namespace test;

namespace {
std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
}  // namespace

TEST(results_are_complete_json_at_any_moment) {
  const char* folder = getenv("TMPDIR");
  std::string path = std::string(folder ? folder : "/tmp") + "/surprisal-results-XXXXXX";
  const int file = mkstemp(path.data());
  EXPECT(file >= 0);
  {
    ResultsFile results(path.c_str());
    EXPECT(text_of(path) == "");
    results.begin("a_test.cpp:it_is");
    EXPECT(text_of(path) == "[\n{\"name\": \"a_test.cpp:it_is\", \"status\": \"running\"}\n]\n");
    results.end(1.25, {});
    const std::string first = "[\n{\"name\": \"a_test.cpp:it_is\", \"status\": \"passed\", \"milliseconds\": 1.250}";
    EXPECT(text_of(path) == first + "\n]\n");
    results.begin("b");
    EXPECT(text_of(path) == first + ",\n{\"name\": \"b\", \"status\": \"running\"}\n]\n");
    results.end(0, {"expected \"1\"\\2", "\n"});
    const std::string second = "{\"name\": \"b\", \"status\": \"failed\", \"milliseconds\": 0.000, ";
    const std::string messages = "\"messages\": [\"expected \\\"1\\\"\\\\2\", \"\\u000a\"]}";
    EXPECT(text_of(path) == first + ",\n" + second + messages + "\n]\n");
  }
  EXPECT(remove(path.c_str()) == 0);
  close(file);
}
