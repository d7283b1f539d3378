// What kernels may move. The limits are here; the figures themselves, which are the same on every machine, are written
// to the file that SURPRISAL_TRAFFIC_REPORT names and held against native/traffic.json by the build.
#include "../emulator/traffic.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include "../emulator/emulator.h"
#include "kernel_test.h"
#include "recurrent_case.h"

using namespace test;
using emulator::TrafficRecord;

namespace {
// What the launches of a call move between global memory and multiprocessors, in whole sectors, so that waste counts.
struct Moved {
  double bytes = 0;      // in and out, a sector once a block
  double requested = 0;  // the same, a sector once a request
  double read = 0;       // in, a sector once a request
  double used = 0;       // that threads asked for
  double conflicts = 0;  // cycles that requests to shared memory wait for one another
  double met = 0;        // barriers among blocks

  double coalescing() const {
    return used / requested;
  }
};

std::map<std::string, std::string>& report() {
  static std::map<std::string, std::string> cases;
  return cases;
}

void write_report() {
  const char* path = getenv("SURPRISAL_TRAFFIC_REPORT");
  FILE* file = path ? fopen(path, "w") : nullptr;
  if (!file) return;
  const char* separator = "{\n";
  for (const auto& entry : report()) {
    fprintf(file, "%s\"%s\": %s", separator, entry.first.c_str(), entry.second.c_str());
    separator = ",\n";
  }
  fprintf(file, "\n}\n");
  fclose(file);
}

bool skipped() {
  if (emulator::instrumented()) return false;
  printf("    skipped: needs instrumented kernels\n");
  return true;
}

Moved moved(const std::string& name, const std::function<int()>& call) {
  emulator::Watch before = emulator::watched();
  emulator::watch(emulator::Watch::traffic);
  emulator::take_traffic();
  CHECK(call());
  std::vector<TrafficRecord> records = emulator::take_traffic();
  emulator::watch(before);
  report()[name] = emulator::to_json(records);
  write_report();
  Moved sum;
  for (const TrafficRecord& record : records) {
    for (const emulator::GlobalTraffic& global : record.counts.global) {
      sum.bytes += double(global.block_sectors) * emulator::kSectorBytes;
      sum.requested += double(global.sectors) * emulator::kSectorBytes;
      sum.used += double(global.bytes);
    }
    sum.read += double(record.counts.reads().sectors) * emulator::kSectorBytes;
    sum.conflicts += double(record.counts.all_shared().conflicts());
    sum.met += double(record.counts.blocks_met);
  }
  return sum;
}

// Whole sectors a request, where rows begin with a sector; else each request has a part of one.
void expect_streams(const std::string& name, const Moved& moved, double limit, bool whole_sectors) {
  if (moved.bytes > limit) fail("%s moves %.0f bytes, more than %.0f", name.c_str(), moved.bytes, limit);
  // What is read twice counts once there, for a cache may serve it, but not here.
  if (moved.requested > 1.05 * limit) {
    fail("%s asks for %.0f bytes, more than %.0f", name.c_str(), moved.requested, 1.05 * limit);
  }
  if (whole_sectors && moved.coalescing() < 0.95)
    fail("%s uses %.3f of what it moves", name.c_str(), moved.coalescing());
  if (moved.conflicts > 0) fail("%s waits %.0f cycles for banks", name.c_str(), moved.conflicts);
}
}  // namespace

TEST(cross_entropy_and_its_gradient_read_and_write_the_logits_once) {
  if (skipped()) return;
  const int shapes[][2] = {{64, 1000}, {32, 10000}, {8, 33278}, {6, 50257}, {2, 131072}};
  for (auto [rows, classes] : shapes) {
    Array<float> logits(normal(1, size_t(rows) * classes, 3)), losses(rows), weight(1), total(1);
    Array<int32_t> targets(integers(2, rows, classes));
    surprisal_loss_rows of = {};
    of.logits = of.grad_logits = logits.data();
    of.losses = losses.data();
    of.divisor = weight.data();
    of.rows = of.tokens = rows;
    of.classes = classes;
    of.scale = 1;
    std::string name = "cross-entropy, N=" + std::to_string(rows) + " V=" + std::to_string(classes);
    Moved all = moved(name, [&, classes = classes, rows = rows] {
      CHECK(surprisal_target_weight(targets.data(), nullptr, weight.data(), rows, classes, -100, stream()));
      CHECK(surprisal_cross_entropy(&of, targets.data(), nullptr, nullptr, -100, 0, stream()));
      return surprisal_reduce_losses(losses.data(), weight.data(), total.data(), rows, stream());
    });
    expect_streams(name, all, 1.05 * 8.0 * rows * classes, true);
  }
}

// A chunk of a loss fused with its projection. The logits are written by the product, read and written by the loss, and
// read by each of the gradients: of hidden states, weight and bias. Beside them weight and its gradient move, twice each,
// hidden states, which each block of 32 classes reads, and what parts of the 8192 terms of their gradient sum up to.
TEST(a_fused_loss_moves_its_logits_six_times) {
  if (skipped()) return;
  const int64_t rows = 32, width = 32, classes = 8192;
  Array<float> weight(normal(1, classes * width)), bias(normal(2, classes)), hidden(normal(3, rows * width));
  Array<float> logits(rows * classes), losses(rows);
  Array<float> grad_weight(normal(4, classes * width)), grad_bias(normal(5, classes)), grad_hidden(rows * width);
  Array<int32_t> targets(integers(6, int(rows), int(classes)));
  int64_t bytes = surprisal_column_sums_workspace(rows, classes);
  bytes = std::max(bytes, surprisal_product_workspace(rows, classes, width));
  bytes = std::max(bytes, surprisal_product_workspace(classes, width, rows));
  bytes = std::max(bytes, surprisal_product_workspace(rows, width, classes));
  Array<char> workspace(bytes);
  surprisal_loss_rows of = {};
  of.logits = of.grad_logits = logits.data();
  of.losses = losses.data();
  of.rows = of.tokens = rows;
  of.classes = int32_t(classes);
  of.scale = 1;
  auto product = [&](const float* a, const float* b, const float* plus, float* c, int64_t m, int64_t n, int64_t k,
                     int form, int accumulate) {
    const surprisal_matrix_product product = {
        a, b, plus, c, m, n, k, form, SURPRISAL_FLOAT32, SURPRISAL_FLOAT32, accumulate, 0};
    return surprisal_product(&product, workspace.data(), stream());
  };
  std::string name = "fused cross-entropy, N=32 H=32 V=8192";
  Moved all = moved(name, [&] {
    CHECK(
        product(hidden.data(), weight.data(), bias.data(), logits.data(), rows, classes, width, SURPRISAL_FORM_NT, 0));
    CHECK(surprisal_cross_entropy(&of, targets.data(), nullptr, nullptr, -100, 0, stream()));
    CHECK(
        product(logits.data(), hidden.data(), nullptr, grad_weight.data(), classes, width, rows, SURPRISAL_FORM_TN, 1));
    CHECK(
        surprisal_column_sums(logits.data(), grad_bias.data(), nullptr, workspace.data(), rows, classes, 1, stream()));
    return product(logits.data(), weight.data(), nullptr, grad_hidden.data(), rows, width, classes, SURPRISAL_FORM_NN,
                   0);
  });
  double of_logits = 4.0 * rows * classes, of_weight = 4.0 * classes * width;
  double of_hidden = 4.0 * rows * width, blocks = classes / 32.0, parts = classes / 128.0;
  double limit = 1.05 * (6 * of_logits + 4 * of_weight + 2 * blocks * of_hidden + 2 * parts * of_hidden);
  if (all.bytes > limit) fail("%s moves %.0f bytes, more than %.0f", name.c_str(), all.bytes, limit);
}

// With all options and statistics of losses the row stays on chip too.
TEST(options_and_statistics_of_losses_read_no_logit_again) {
  if (skipped()) return;
  const int shapes[][2] = {{64, 1000}, {32, 10000}, {4, 50257}};
  for (auto [rows, classes] : shapes) {
    Array<float> logits(normal(1, size_t(rows) * classes, 3)), losses(rows), entropy(rows), correct(rows);
    Array<int32_t> targets(integers(2, rows, classes)), argmax(rows);
    surprisal_loss_rows of = {};
    of.logits = of.grad_logits = logits.data();
    of.losses = losses.data();
    of.entropy = entropy.data();
    of.correct = correct.data();
    of.argmax = argmax.data();
    of.rows = of.tokens = rows;
    of.classes = classes;
    of.scale = 0.9f;
    of.soft_cap = 20;
    of.z_loss = 1e-4f;
    of.confidence_penalty = 0.1f;
    std::string name = "cross-entropy with options, N=" + std::to_string(rows) + " V=" + std::to_string(classes);
    Moved all =
        moved(name, [&] { return surprisal_cross_entropy(&of, targets.data(), nullptr, nullptr, -100, 0, stream()); });
    expect_streams(name, all, 1.05 * 8.0 * rows * classes, true);
  }
}

namespace {
// A loss of rows that lie in place of their gradients, in shapes of a warp a row, a block a row, and several blocks.
struct RowsOfLogits {
  static constexpr int kShapes[][2] = {{32, 1000}, {16, 10000}, {2, 50256}};

  const int rows, classes;
  const double bytes;  // of the logits
  Array<float> logits, losses;
  Array<int32_t> targets;
  surprisal_loss_rows of = {};

  explicit RowsOfLogits(const int (&shape)[2])
      : rows(shape[0]),
        classes(shape[1]),
        bytes(4.0 * rows * classes),
        logits(normal(1, size_t(rows) * classes, 3)),
        losses(rows),
        targets(integers(2, rows, classes)) {
    of.logits = of.grad_logits = logits.data();
    of.losses = losses.data();
    of.rows = of.tokens = rows;
    of.classes = classes;
    of.scale = 1;
  }
  // Classes of each row, as far apart as they can be.
  std::vector<int32_t> spread(int k) const {
    std::vector<int32_t> ids(size_t(rows) * size_t(k));
    for (size_t i = 0; i < ids.size(); i++) ids[i] = int32_t(i) % k * (classes / k);
    return ids;
  }
  std::string name(const char* loss) const {
    return std::string(loss) + ", N=" + std::to_string(rows) + " V=" + std::to_string(classes);
  }
};
}  // namespace

TEST(focal_losses_and_unlikelihoods_read_and_write_the_logits_once) {
  if (skipped()) return;
  const int k = 4;
  for (const auto& shape : RowsOfLogits::kShapes) {
    RowsOfLogits r(shape);
    Array<int32_t> candidates(r.spread(k));
    Array<char> workspace(surprisal_loss_workspace(r.rows, r.classes));
    Moved focal = moved(r.name("focal"), [&] {
      return surprisal_focal(&r.of, r.targets.data(), nullptr, workspace.data(), -100, 2, stream());
    });
    expect_streams("focal", focal, 1.05 * 2 * r.bytes, true);
    Moved unlikelihood = moved(r.name("unlikelihood of 4 candidates"), [&] {
      return surprisal_unlikelihood(&r.of, r.targets.data(), candidates.data(), workspace.data(), k, -100, 1, stream());
    });
    expect_streams("unlikelihood", unlikelihood, 1.05 * 2 * r.bytes, true);
  }
}

TEST(divergences_read_both_rows_of_logits_and_write_the_gradient_once) {
  if (skipped()) return;
  for (const auto& shape : RowsOfLogits::kShapes) {
    RowsOfLogits r(shape);
    Array<float> teacher(normal(3, size_t(r.rows) * r.classes, 3));
    Array<char> workspace(surprisal_loss_workspace(r.rows, r.classes));
    for (int kind : {SURPRISAL_DIVERGENCE_KL, SURPRISAL_DIVERGENCE_JENSEN_SHANNON}) {
      const char* loss = kind == SURPRISAL_DIVERGENCE_KL ? "divergence" : "Jensen-Shannon divergence";
      Moved all = moved(r.name(loss), [&] {
        return surprisal_divergence(&r.of, teacher.data(), nullptr, workspace.data(), -100, kind, 0.5f, 2, 1, stream());
      });
      expect_streams(loss, all, 1.05 * 3 * r.bytes, true);
    }
  }
}

TEST(distributions_are_checked_in_a_read_of_their_own) {
  if (skipped()) return;
  const int k = 8;
  for (const auto& shape : RowsOfLogits::kShapes) {
    RowsOfLogits r(shape);
    const std::vector<float> even(r.logits.count(), 1.0f / float(r.classes));
    Array<int32_t> ids(r.spread(k));
    Array<float> dense(even), sparse(std::vector<float>(ids.count(), 0.1f));
    Array<char> workspace(surprisal_loss_workspace(r.rows, r.classes));
    Moved soft = moved(r.name("cross-entropy of distributions"), [&] {
      return surprisal_cross_entropy_soft(&r.of, dense.data(), nullptr, workspace.data(), 0, stream());
    });
    expect_streams("cross-entropy of distributions", soft, 1.05 * 4 * r.bytes, false);
    Moved few = moved(r.name("cross-entropy of 8 classes"), [&] {
      return surprisal_cross_entropy_sparse(&r.of, ids.data(), sparse.data(), workspace.data(), k, stream());
    });
    expect_streams("cross-entropy of 8 classes", few, 1.05 * 2 * r.bytes, true);
  }
}

// A row is kept nowhere: it is read again from a cache, if one holds it.
TEST(the_logarithm_of_softmax_reads_the_logits_twice) {
  if (skipped()) return;
  for (const auto& shape : RowsOfLogits::kShapes) {
    RowsOfLogits r(shape);
    float* logits = r.logits.data();
    Moved all = moved(r.name("log softmax"), [&] {
      return surprisal_log_softmax(logits, nullptr, logits, r.rows, r.classes, 1, r.classes, stream());
    });
    expect_streams("log softmax", all, 1.05 * 3 * r.bytes, true);
    EXPECT(all.bytes < 1.05 * 2 * r.bytes);
  }
}

// Two kernels, each of which finds a row in a cache after its first pass, if one holds it. Of one class a row: how several
// are sorted depends on the order in which threads found them.
TEST(the_largest_logits_are_found_in_a_pass_a_byte_of_their_rank_and_three_more) {
  if (skipped()) return;
  for (const auto& shape : RowsOfLogits::kShapes) {
    RowsOfLogits r(shape);
    Array<int32_t> ids(r.rows);
    Array<float> log_probabilities(r.rows);
    Array<char> workspace(surprisal_top_k_workspace(r.rows));
    Moved all = moved(r.name("top 1"), [&] {
      return surprisal_top_k(r.logits.data(), ids.data(), log_probabilities.data(), workspace.data(), r.rows, r.classes,
                             1, stream());
    });
    const int rank_bytes = 4 + 2;  // of the logit and of the class
    EXPECT(all.bytes < 1.05 * 2 * r.bytes);
    EXPECT(all.requested < 1.05 * (rank_bytes + 3) * r.bytes);
  }
}

TEST(lists_of_sequences_read_the_losses_and_write_their_gradient_once) {
  if (skipped()) return;
  const int lists = 8, of_list = 8, length = 96, sequences = lists * of_list, tokens = sequences * length;
  std::vector<int32_t> starts(sequences), ends(lists + 1);
  for (int i = 0; i < sequences; i++) starts[size_t(i)] = i * length;
  for (int i = 0; i <= lists; i++) ends[size_t(i)] = i * of_list;
  Array<float> losses(normal(1, tokens)), costs(normal(2, sequences)), scores(sequences), list_losses(lists);
  Array<float> grad(tokens);
  Array<int32_t> from(starts), lengths(std::vector<int32_t>(sequences, length)), list(ends);
  Array<char> workspace(surprisal_sequence_loss_workspace(sequences));
  for (int kind : {SURPRISAL_SEQUENCE_RISK, SURPRISAL_SEQUENCE_RANKING}) {
    std::string name = kind == SURPRISAL_SEQUENCE_RISK ? "expected risk" : "ranking";
    Moved all = moved(name + ", L=8 S=64 M=6144", [&] {
      const surprisal_sequence_lists of = {losses.data(),
                                           from.data(),
                                           lengths.data(),
                                           list.data(),
                                           costs.data(),
                                           scores.data(),
                                           list_losses.data(),
                                           grad.data(),
                                           tokens,
                                           sequences,
                                           lists,
                                           1,
                                           0.1f,
                                           0.5f,
                                           1};
      return surprisal_sequence_loss(&of, workspace.data(), kind, stream());
    });
    // Of each sequence its place, cost, score and slope.
    EXPECT(all.bytes < 8.0 * tokens + 96 * sequences);
  }
}

TEST(adam_moves_28_bytes_a_parameter) {
  if (skipped()) return;
  const int64_t count = 1 << 18;
  Array<float> p(normal(1, count)), g(normal(2, count)), m(normal(3, count)), v(std::vector<float>(count, 1));
  Array<float> rate(std::vector<float>{1e-3f});
  Array<int32_t> step(std::vector<int32_t>{0});
  Array<char> workspace(surprisal_adam_workspace());
  Moved all = moved("adam, P=262144", [&] {
    const surprisal_adam_step adam_step = {g.data(), rate.data(), nullptr, p.data(), m.data(), v.data(), step.data(),
                                           count,    0.9,         0.999,   1e-8,     0,        INFINITY};
    return surprisal_adam(&adam_step, workspace.data(), stream());
  });
  expect_streams("adam", all, 1.02 * 28 * count, true);
}

TEST(losses_over_samples_read_and_write_the_logits_once) {
  if (skipped()) return;
  const int classes = 33278;
  const int shapes[][2] = {{400, 512}, {60, 8192}};
  for (auto [rows, samples] : shapes) {
    Array<float> logits(normal(1, size_t(rows) * samples)), own(normal(2, rows)), losses(rows);
    Array<float> log_probabilities(std::vector<float>(classes, -10));
    Array<int32_t> targets(integers(3, rows, classes)), drawn(integers(4, samples, classes));
    Array<char> workspace(surprisal_sampled_loss_workspace(samples));
    for (int kind : {SURPRISAL_SAMPLED_SOFTMAX, SURPRISAL_SAMPLED_NCE}) {
      std::string name = std::string(kind == SURPRISAL_SAMPLED_SOFTMAX ? "sampled softmax" : "noise-contrastive") +
                         ", N=" + std::to_string(rows) + " S=" + std::to_string(samples);
      Moved all = moved(name, [&] {
        const surprisal_sampled_rows sampled = {targets.data(), drawn.data(), log_probabilities.data(),
                                                nullptr,        nullptr,      nullptr,
                                                logits.data(),  own.data(),   losses.data(),
                                                rows,           rows,         samples,
                                                classes};
        return surprisal_sampled_loss(&sampled, workspace.data(), kind, stream());
      });
      // Class and correction of the samples once for four rows; a probability of each, which may lie anywhere.
      double of_samples = (8.0 * ((rows + 3) / 4) + 48) * samples;
      expect_streams(name, all, 1.05 * (8.0 * rows * samples + of_samples), false);
    }
  }
}

TEST(target_logits_and_their_gradients_read_and_write_each_row_once) {
  if (skipped()) return;
  const int rows = 700, classes = 2000;
  for (int width : {64, 200, 650}) {
    size_t floats = size_t(rows) * width;
    Array<float> weight(normal(1, size_t(classes) * width)), bias(normal(2, classes));
    Array<float> hidden(normal(3, floats)), logits(rows), grad_hidden(normal(4, floats)), grad_rows(floats);
    Array<int32_t> targets(integers(5, rows, classes));
    std::string shape = ", N=700 V=2000 H=" + std::to_string(width);
    Moved forward = moved("target logits" + shape, [&] {
      return surprisal_target_logits(weight.data(), bias.data(), hidden.data(), targets.data(), logits.data(), rows,
                                     classes, width, stream());
    });
    // Beside the rows a sector each of target, bias, result and fault.
    double parts = width % 8 == 0 ? 1.05 : 1.15;
    expect_streams("target logits", forward, parts * (8.0 * floats + 128 * rows), false);
    Moved backward = moved("target logits backward" + shape, [&] {
      return surprisal_target_logits_backward(weight.data(), hidden.data(), targets.data(), logits.data(),
                                              grad_hidden.data(), grad_rows.data(), rows, classes, width, stream());
    });
    expect_streams("target logits backward", backward, parts * (20.0 * floats + 96 * rows), false);
  }
}

TEST(an_embedding_is_looked_up_with_one_read_and_one_write_of_its_rows) {
  if (skipped()) return;
  const int count = 1120, vocabulary = 2000;
  for (int width : {64, 200, 650}) {
    Array<float> weight(normal(1, size_t(vocabulary) * width));
    Array<float> output(size_t(count) * width);
    Array<int32_t> tokens(integers(2, count, vocabulary));
    std::string name = "gather rows, N=1120 V=2000 E=" + std::to_string(width);
    Moved all = moved(name, [&] {
      return surprisal_gather_rows(weight.data(), tokens.data(), output.data(), count, vocabulary, width,
                                   SURPRISAL_FLOAT32, stream());
    });
    expect_streams(name, all, 1.05 * (4.0 * count + 8.0 * count * width), width % 8 == 0);
  }
}

TEST(a_conversion_reads_and_writes_each_element_once) {
  if (skipped()) return;
  const int64_t count = 1 << 18;
  Array<float> floats(normal(1, count));
  Array<uint16_t> halves(count);
  Moved there = moved("convert to bfloat16, N=262144", [&] {
    return surprisal_convert(floats.data(), halves.data(), count, SURPRISAL_FLOAT32, SURPRISAL_BFLOAT16, stream());
  });
  expect_streams("convert to bfloat16", there, 1.01 * 6 * count, true);
  Moved back = moved("convert to float32, N=262144", [&] {
    return surprisal_convert(halves.data(), floats.data(), count, SURPRISAL_BFLOAT16, SURPRISAL_FLOAT32, stream());
  });
  expect_streams("convert to float32", back, 1.01 * 6 * count, true);
}

// A step more must not read the weights again, on either way through time.
TEST(recurrent_weights_are_read_once_a_sequence) {
  if (skipped()) return;
  const int batch = 4;
  for (int hidden : {50, 256}) {
    for (bool backward : {false, true}) {
      double read[2];
      for (int longer : {0, 1}) {
        const int window = longer ? 12 : 4;
        recurrent_test::Operands on(recurrent_test::Problem({batch, window, hidden, false, true}));
        on.layer.bias_hh = on.layer.bias_ih;
        std::string name = std::string(backward ? "recurrent backward" : "recurrent") +
                           ", B=4 T=" + std::to_string(window) + " H=" + std::to_string(hidden);
        Moved all = moved(name, [&] {
          return backward ? surprisal_recurrent_backward(&on.layer, &on.gradients, on.workspace.data(), stream())
                          : surprisal_recurrent(&on.layer, on.workspace.data(), stream());
        });
        read[longer] = all.read;
      }
      double of_a_step = (read[1] - read[0]) / 8;
      EXPECT(read[0] >= 4.0 * hidden * hidden);
      if (of_a_step > 0.5 * 4 * hidden * hidden) {
        fail("H = %d, %s: a step reads %.0f bytes, the weights are %d", hidden, backward ? "backward" : "forward",
             of_a_step, 4 * hidden * hidden);
      }
    }
  }
}

TEST(multiprocessors_meet_as_often_as_asked_and_move_nothing_else) {
  if (skipped()) return;
  Array<char> workspace(surprisal_probe_barriers_workspace());
  const Moved all =
      moved("probe barriers, 7 of them", [&] { return surprisal_probe_barriers(workspace.data(), 7, stream()); });
  EXPECT(all.met == 7);
  // The look of each block at the fault.
  EXPECT(all.bytes == emulator::device_model().multiprocessors * double(emulator::kSectorBytes));
  surprisal_fault earlier = {};
  earlier.kind = SURPRISAL_FAULT_TOKEN;
  CHECK(cudaMemcpy(stream()->fault, &earlier, sizeof earlier, cudaMemcpyHostToDevice));
  const Moved none =
      moved("probe barriers after a fault", [&] { return surprisal_probe_barriers(workspace.data(), 7, stream()); });
  EXPECT(none.met == 0);
  take_fault();
}
