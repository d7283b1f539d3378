// Layers of a cell that only tests have, of several gates: its formula is in recurrent_case.h.
#pragma once
#include "../device/recurrent/path.h"

namespace recurrent_test {
// Of 2 or 3 gates; as surprisal::recurrent and surprisal::recurrent_backward, the layer's cell aside.
int gates_forward(int gates, surprisal::RecurrentPath fastest, const surprisal_recurrent_layer& layer, void* workspace,
                  const surprisal_stream* stream);
int gates_backward(int gates, surprisal::RecurrentPath fastest, const surprisal_recurrent_layer& layer,
                   const surprisal_recurrent_gradients& gradients, void* workspace, const surprisal_stream* stream);
}  // namespace recurrent_test
