// A recurrent layer over whole sequences: h_t from x_t, the input's products, and W_hh h_{t-1}, as PyTorch's nn.RNN; what
// a unit makes of them is its cell's (device/recurrent/tanh_cell.cuh).
//
// x_t lie in the reserve. W_hh is read once, into registers, and stays there for all T steps
// (device/recurrent/on_chip.cuh); where it does not fit, there is a launch a step.
//
// What a step of a tanh layer does on an H100 (132 multiprocessors, each with 4 schedulers that issue a warp's FMA a
// cycle), by count:
// - H = 50, B = 32: a block a sequence. 2 warps * 32 FMAs a scheduler, 9 shuffles in 5 rounds, tanh, and the block's
//   barrier.
// - H = 256, B = 32: 32 clusters of 4 blocks, a sequence each. 2 warps * 64 FMAs a scheduler, the same shuffles; writes
//   to the other blocks and the cluster's barrier.
// - H = 650, B = 20: clusters of 16 blocks, up to 4 sequences each. 3 warps * 384 FMAs a scheduler, and writes to 16
//   blocks.
// - H = 1024, B = 32: clusters of 16 blocks, 4 sequences each, if the GPU holds 8 of them. 2 warps * 1024 FMAs a
//   scheduler and as many cycles of shared memory, which also holds half of W.
// - The same without clusters: 4 groups of 32 blocks, 8 sequences each. States come through L2, 32 KB a block and 4 MB
//   in all; store, arrival, spin and load cross it one after the other.
// The x of the next step is loaded before the products of this one.
#include "../device/recurrent/forward.cuh"
#include "../device/recurrent/tanh_cell.cuh"

namespace surprisal {
int check_layer(const char* operation, const surprisal_recurrent_layer& layer) {
  if (layer.cell != SURPRISAL_CELL_TANH) {
    return invalid(operation, "expected a cell of surprisal_cell, found %d", layer.cell);
  }
  if (layer.batch < 0 || layer.window < 1 || layer.hidden < 1) {
    return invalid(operation, "expected B >= 0, T >= 1 and H >= 1, found B = %lld, T = %lld and H = %d",
                   static_cast<long long>(layer.batch), static_cast<long long>(layer.window), layer.hidden);
  }
  int status = check_state(operation, "initial_state", layer.initial_state);
  return status == SURPRISAL_SUCCESS ? check_state(operation, "final_state", layer.final_state) : status;
}

int check_state(const char* operation, const char* name, const surprisal_recurrent_state& state) {
  if (state.cell == nullptr) return SURPRISAL_SUCCESS;
  return invalid(operation, "a tanh layer has no cell state, expected %s.cell to be NULL", name);
}

int recurrent(RecurrentPath fastest, const surprisal_recurrent_layer& layer, void* workspace,
              const surprisal_stream* stream) {
  int status = check_layer("recurrent", layer);
  if (status != SURPRISAL_SUCCESS || layer.batch == 0) return status;
  return launched("recurrent", run_forward<TanhCell>(fastest, layer, workspace, stream));
}
}  // namespace surprisal

extern "C" int64_t surprisal_recurrent_workspace(int, int32_t hidden) {
  // The counters of barriers, and the transposed matrix where the way back takes a launch a step.
  constexpr int64_t kGates = surprisal::TanhCell::kGates;
  return surprisal::kCounterBytes + kGates * hidden * hidden * int64_t(sizeof(float));
}

extern "C" int surprisal_recurrent(const surprisal_recurrent_layer* layer, void* workspace,
                                   const surprisal_stream* stream) {
  return surprisal::recurrent(surprisal::RecurrentPath::kCluster, *layer, workspace, stream);
}
