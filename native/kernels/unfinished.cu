// Functions of the C ABI that have no kernels yet; each goes when its own file comes.
#include "../device/status.cuh"

extern "C" int surprisal_cross_entropy_sparse(const surprisal_loss_rows*, const int32_t*, const float*, void*, int32_t, const surprisal_stream*) { return surprisal::invalid("cross_entropy_sparse", "not yet"); }
extern "C" int surprisal_unlikelihood(const surprisal_loss_rows*, const int32_t*, const int32_t*, void*, int32_t, int32_t, float, const surprisal_stream*) { return surprisal::invalid("unlikelihood", "not yet"); }
extern "C" int surprisal_divergence(const surprisal_loss_rows*, const float*, const int32_t*, void*, int32_t, int, float, float, float, const surprisal_stream*) { return surprisal::invalid("divergence", "not yet"); }
