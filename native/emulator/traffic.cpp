#include "traffic.h"

#include <cstring>

namespace emulator {
SharedTraffic TrafficCounts::all_shared() const {
  SharedTraffic all;
  for (const SharedTraffic& kind : shared) {
    all.bytes += kind.bytes;
    all.requests += kind.requests;
    all.cycles += kind.cycles;
    all.ideal += kind.ideal;
  }
  return all;
}

bool TrafficCounts::operator==(const TrafficCounts& other) const {
  static_assert(sizeof(TrafficCounts) % sizeof(uint64_t) == 0, "an array of counters");
  return memcmp(this, &other, sizeof other) == 0;
}

void TrafficCounts::add(const TrafficCounts& other) {
  auto* to = reinterpret_cast<uint64_t*>(this);
  auto* from = reinterpret_cast<const uint64_t*>(&other);
  for (size_t i = 0; i < sizeof other / sizeof *to; i++) to[i] += from[i];
}

namespace {
std::string number(const char* name, uint64_t value) {
  return "\"" + std::string(name) + "\": " + std::to_string(value);
}

std::string global_json(const GlobalTraffic& t) {
  return "{" + number("bytes", t.bytes) + ", " + number("requests", t.requests) + ", " + number("sectors", t.sectors) +
         ", " + number("least_bytes", t.least_bytes()) + ", " + number("again_bytes", t.again_bytes()) + ", " +
         number("again_after_barrier_bytes", t.again_after_barrier_bytes()) + "}";
}

std::string dim_json(const dim3& d) {
  return "[" + std::to_string(d.x) + ", " + std::to_string(d.y) + ", " + std::to_string(d.z) + "]";
}

std::string quoted(const std::string& kernel) {  // a name holds nothing that JSON would escape but these
  std::string result = "\"";
  for (char c : kernel) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}
}  // namespace

std::string to_json(const std::vector<TrafficRecord>& records) {
  std::string json = "[";
  for (const TrafficRecord& record : records) {
    const TrafficCounts& c = record.counts;
    SharedTraffic shared = c.all_shared();
    if (json.size() > 1) json += ",";
    json += "\n  {\"kernel\": " + quoted(record.kernel) + ", \"grid\": " + dim_json(record.grid) +
            ", \"block\": " + dim_json(record.block) + ",\n   \"reads\": " + global_json(c.reads()) +
            ",\n   \"writes\": " + global_json(c.writes()) + ",\n   \"atomics\": " + global_json(c.atomics()) +
            ",\n   \"shared\": {" + number("bytes", shared.bytes) + ", " + number("requests", shared.requests) + ", " +
            number("cycles", shared.cycles) + ", " + number("conflicts", shared.conflicts()) + "},\n   " +
            number("distributed_bytes", c.distributed_bytes) + ", " + number("block_barriers", c.block_barriers) +
            ", " + number("blocks_met", c.blocks_met) + ", " + number("shuffles", c.shuffles) + ", " +
            number("ballots", c.ballots) + ", " + number("warp_barriers", c.warp_barriers) + ", " +
            number("collectives", c.collectives) + "}";
  }
  return json + "\n]\n";
}
}  // namespace emulator
