#include "program.h"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>

namespace emulator {
namespace {
// Calls visit for this module's entry in the list of loaded ones.
void visit_own_module(const std::function<void(const dl_phdr_info&, uintptr_t begin, uintptr_t end)>& visit) {
  auto step = [](dl_phdr_info* info, size_t, void* data) {
    uintptr_t begin = UINTPTR_MAX, end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
      const ElfW(Phdr)& header = info->dlpi_phdr[i];
      if (header.p_type != PT_LOAD) continue;
      begin = std::min<uintptr_t>(begin, info->dlpi_addr + header.p_vaddr);
      end = std::max<uintptr_t>(end, info->dlpi_addr + header.p_vaddr + header.p_memsz);
    }
    auto self = reinterpret_cast<uintptr_t>(&Program::own);
    if (self < begin || self >= end) return 0;
    (*static_cast<decltype(&visit)>(data))(*info, begin, end);
    return 1;
  };
  dl_iterate_phdr(step, const_cast<void*>(static_cast<const void*>(&visit)));
}

// "tile of transpose_kernel(float*)" of a mangled name.
std::string readable(const char* mangled) {
  int status = 0;
  char* name = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string result = name != nullptr ? name : mangled;
  free(name);
  return result;
}

bool is_gap(const char* name) {
  return strstr(name, "emulator_gap") != nullptr;
}
// The thread-local variables of an ELF file.
std::vector<SharedVariable> read_variables(const std::string& path) {
  std::vector<SharedVariable> variables;
  std::ifstream stream(path, std::ios::binary);
  std::vector<char> file((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (file.size() < sizeof(Elf64_Ehdr)) return variables;
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(file.data());
  const auto* sections = reinterpret_cast<const Elf64_Shdr*>(file.data() + header->e_shoff);
  for (int i = 0; i < header->e_shnum; i++) {
    if (sections[i].sh_type != SHT_SYMTAB) continue;
    const auto* symbols = reinterpret_cast<const Elf64_Sym*>(file.data() + sections[i].sh_offset);
    const char* names = file.data() + sections[sections[i].sh_link].sh_offset;
    for (size_t k = 0; k < sections[i].sh_size / sizeof(Elf64_Sym); k++) {
      const Elf64_Sym& symbol = symbols[k];
      const char* name = names + symbol.st_name;
      if (ELF64_ST_TYPE(symbol.st_info) != STT_TLS || symbol.st_size == 0 || is_gap(name)) continue;
      variables.push_back({symbol.st_value, symbol.st_value + symbol.st_size, readable(name)});
    }
  }
  std::sort(variables.begin(), variables.end(),
            [](const SharedVariable& a, const SharedVariable& b) { return a.begin < b.begin; });
  return variables;
}
}  // namespace

const Program& Program::own() {
  static const Program* program = new Program;
  return *program;
}

Program::Program() {
  visit_own_module([this](const dl_phdr_info& info, uintptr_t begin, uintptr_t end) {
    base_ = info.dlpi_addr;
    begin_ = begin;
    end_ = end;
    path_ = info.dlpi_name[0] != 0 ? info.dlpi_name : "/proc/self/exe";
    for (int i = 0; i < info.dlpi_phnum; i++) {
      if (info.dlpi_phdr[i].p_type == PT_TLS) thread_local_bytes_ = info.dlpi_phdr[i].p_memsz;
    }
  });
  char resolved[4096];
  if (realpath(path_.c_str(), resolved) != nullptr) path_ = resolved;  // for another process
}

uintptr_t Program::thread_local_begin() const {
  uintptr_t begin = 0;
  visit_own_module(
      [&](const dl_phdr_info& info, uintptr_t, uintptr_t) { begin = reinterpret_cast<uintptr_t>(info.dlpi_tls_data); });
  return begin;
}

const std::vector<SharedVariable>& Program::variables() const {
  static const std::vector<SharedVariable>* all = new std::vector<SharedVariable>(read_variables(path_));
  return *all;
}

const SharedVariable* Program::variable_before(size_t offset) const {
  auto after = std::upper_bound(variables().begin(), variables().end(), offset,
                                [](size_t at, const SharedVariable& variable) { return at < variable.begin; });
  return after == variables().begin() ? nullptr : &after[-1];
}

const SharedVariable* Program::variable_at(size_t offset) const {
  const SharedVariable* variable = variable_before(offset);
  return variable != nullptr && offset < variable->end ? variable : nullptr;
}

Text Program::source_line(const void* pc) const {
  uintptr_t offset = reinterpret_cast<uintptr_t>(pc) - base_;
  Text command = text("addr2line -i -e '%s' 0x%zx 2>/dev/null", path_.c_str(), size_t(offset) - 1);
  Text innermost, outermost;
  if (FILE* lines = popen(command.c_str(), "r")) {
    char line[2000];
    while (fgets(line, sizeof line, lines) != nullptr) {
      char* colon = strrchr(line, ':');
      if (colon == nullptr || line[0] == '?') continue;
      *colon = 0;
      outermost = place(line, atoi(colon + 1));
      if (innermost.empty()) innermost = outermost;
    }
    pclose(lines);
  }
  if (innermost.empty()) return text("instruction 0x%zx", size_t(offset));
  if (strcmp(innermost.c_str(), outermost.c_str()) == 0) return innermost;
  return text("%s, from %s", innermost.c_str(), outermost.c_str());
}
}  // namespace emulator
