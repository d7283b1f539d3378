package dev.surprisal.device.cuda;

import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Sequences;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.binding.surprisal_sequence_lists;

/** {@link Sequences} as the library takes them; one for all calls, so that none allocates. */
final class CudaSequences {
  private final CudaDevice device;
  private final surprisal_sequence_lists struct = new surprisal_sequence_lists();

  CudaSequences(CudaDevice device) {
    this.device = device;
  }

  /** Fills the lists; valid until the next call. */
  surprisal_sequence_lists of(
      Tensor losses,
      Sequences sequences,
      SequenceOptions options,
      Tensor scores,
      Tensor listLosses,
      Tensor gradLosses) {
    struct.losses(device.address(losses));
    struct.starts(device.address(sequences.starts()));
    struct.lengths(device.address(sequences.lengths()));
    struct.lists(device.address(sequences.lists()));
    struct.costs(device.address(sequences.costs()));
    struct.scores(device.address(scores));
    struct.list_losses(device.address(listLosses));
    struct.grad_losses(device.address(gradLosses));
    struct.tokens(losses.elements());
    struct.sequences(sequences.costs().elements());
    struct.lists_count(listLosses.elements());
    struct.scale(options.scale());
    struct.margin(options.margin());
    struct.likelihood(options.likelihood());
    struct.normalised(options.normalised() ? 1 : 0);
    return struct;
  }
}
