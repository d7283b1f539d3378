package dev.surprisal.device.cpu;

import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.ValueErrors;

/** The tokens of rows: the token of each of N rows among M, and tensors over tokens. */
final class LossTokens {
  private final Ints ints = new Ints();
  private int[] positions = new int[0];
  private boolean scattered;
  private int tokens;

  /** Reads and checks the positions of all rows. */
  void set(LossRows rows, int count) {
    set(rows.positions(), rows.losses(), count);
  }

  /** Reads and checks positions, which may be null, for the losses of all tokens. */
  void set(Tensor of, Tensor losses, int count) {
    scattered = of != null;
    tokens = Math.toIntExact(losses.elements());
    if (scattered) {
      positions = positions.length < count ? new int[count] : positions;
      ints.set(of).read(0, positions, 0, count);
      for (int n = 0; n < count; n++) {
        if (positions[n] < 0 || positions[n] >= tokens) {
          throw ValueErrors.outsideTokens(n, positions[n], tokens);
        }
      }
    }
  }

  /** Returns the token of a row. */
  int of(int row) {
    return scattered ? positions[row] : row;
  }

  /** Reads the elements of the tokens of rows [first, first + count). */
  void read(Floats from, int first, int count, float[] values) {
    if (!scattered) {
      from.read(first, values, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      from.read(positions[first + i], values, i, 1);
    }
  }

  /** Writes the elements of the tokens of rows [first, first + count), if the tensor is present. */
  void write(float[] values, int first, int count, Floats to) {
    if (to.present() && !scattered) {
      to.write(first, values, 0, count);
    } else if (to.present()) {
      for (int i = 0; i < count; i++) {
        to.write(positions[first + i], values, i, 1);
      }
    }
  }

  /** Writes the elements of the tokens of rows [first, first + count), if the tensor is present. */
  void write(int[] values, int first, int count, Ints to) {
    if (to.present() && !scattered) {
      to.write(first, values, 0, count);
    } else if (to.present()) {
      for (int i = 0; i < count; i++) {
        to.write(positions[first + i], values, i, 1);
      }
    }
  }

  /** Reads one integer per token; returns {@code values}, or a new array if that is too short. */
  int[] read(Tensor from, int[] values) {
    int[] all = values.length < tokens ? new int[tokens] : values;
    ints.set(from).read(0, all, 0, tokens);
    return all;
  }
}
