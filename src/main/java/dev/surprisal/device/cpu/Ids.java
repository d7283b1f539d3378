package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** Row numbers, targets and samples: ids of an INT32 tensor on the heap. */
final class Ids {
  private Ids() {}

  /**
   * Reads all ids and checks them.
   *
   * @param operation for the message
   * @param tensor any shape, INT32
   * @param into receives the ids if it is long enough
   * @param bound above all ids
   * @return {@code into}, or a new array
   */
  static int[] read(String operation, Tensor tensor, int[] into, long bound) {
    int count = Math.toIntExact(tensor.elements());
    int[] ids = into.length < count ? new int[count] : into;
    tensor.storage().read(tensor.offset(), ids, 0, count);
    for (int i = 0; i < count; i++) {
      if (ids[i] < 0 || ids[i] >= bound) {
        throw ValueErrors.outsideVocabulary(operation, i, ids[i], bound);
      }
    }
    return ids;
  }
}
