// What a check with a block a row finds; one block then refuses the first bad row.
#pragma once
#include "loss_rows.cuh"

namespace surprisal {
struct Finding {
  double value;  // what is wrong, or what the loss is left
  int32_t kind;  // of the fault
};

// findings[rows]. Faults name the row, or by_token the token that it belongs to.
int refuse_findings(const char* operation, const surprisal_loss_rows& rows, const Finding* findings, bool by_token,
                    const surprisal_stream* stream);
}  // namespace surprisal
