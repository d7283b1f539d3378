package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** The target classes of tokens, if the loss has any. */
final class LossTargets {
  private static final int NONE = -1;

  private int[] targets = new int[0];
  private boolean present;
  private int ignoreIndex;

  /** Reads the targets of all tokens and checks those of rows. */
  void set(Tensor tensor, int newIgnoreIndex, int classes, LossTokens tokens, int rows) {
    present = tensor != null;
    ignoreIndex = newIgnoreIndex;
    if (present) {
      targets = tokens.read(tensor, targets);
      for (int n = 0; n < rows; n++) {
        int token = tokens.of(n);
        int target = targets[token];
        if (target != ignoreIndex && (target < 0 || target >= classes)) {
          throw ValueErrors.outsideVocabulary("cross-entropy", token, target, classes);
        }
      }
    }
  }

  /** Returns the target of a token, or a negative number if the token is ignored or has none. */
  int of(int token) {
    return ignored(token) || !present ? NONE : targets[token];
  }

  boolean ignored(int token) {
    return present && targets[token] == ignoreIndex;
  }
}
