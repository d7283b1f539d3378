package dev.surprisal.device.cpu;

import java.util.Arrays;

/**
 * The largest element of a row, its first index, and the smallest element. NaNs are skipped; in a
 * row with NaN the results may be wrong.
 *
 * <p>Long rows are searched as integers in the order of the floats, without the lowest bit. Their
 * differences do not overflow, so the larger of two is found by arithmetic alone, which the JIT
 * vectorises, unlike comparisons. The blocks with the largest integer are then searched exactly.
 */
final class RowRange {
  private static final int BLOCK = Scratch.BLOCK;
  private static final int LEAST = 128;
  private static final int SHORT = 256;

  private final int[] high = new int[BLOCK + 16];
  private final int[] low = new int[BLOCK + 80];
  private float smallest;
  private float largest;
  private int place;

  float smallest() {
    return smallest;
  }

  float largest() {
    return largest;
  }

  /** Returns the index of the largest element, or the first index if there is none. */
  int place() {
    return place;
  }

  /** Searches x[from, to). */
  void of(float[] x, int from, int to, Scratch scratch) {
    smallest = Float.POSITIVE_INFINITY;
    largest = Float.NEGATIVE_INFINITY;
    place = from;
    if (to - from < SHORT) {
      VectorMath.range(x, from, to, scratch);
      smallest = scratch.smallest;
      largest = scratch.largest;
      while (place < to - 1 && x[place] != largest) {
        place++;
      }
      return;
    }
    int highest = Integer.MIN_VALUE;
    int lowest = Integer.MAX_VALUE;
    int first = from;
    int last = from;
    for (int at = from; at < to; at += BLOCK) {
      fold(x, at, Math.min(BLOCK, to - at), scratch);
      for (int i = 0; i < LEAST; i++) {
        lowest = low[i] < lowest ? low[i] : lowest;
        if (high[i] > highest) {
          highest = high[i];
          first = at;
        }
        last = high[i] == highest ? at : last;
      }
    }
    search(x, first, Math.min(to, last + BLOCK));
    smallest = Float.intBitsToFloat(ordered(lowest << 1));
  }

  private void search(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      if (x[i] > largest) {
        largest = x[i];
        place = i;
      }
    }
  }

  /** Reduces a block to its largest values, at the start of high, and its smallest, in low. */
  private void fold(float[] x, int at, int count, Scratch scratch) {
    scratch.toBits(x, at, high, count);
    Arrays.fill(high, count, BLOCK, high[0]);
    order(high);
    fold512(high, low);
    foldHigh(high);
    foldLow(low);
  }

  /** Converts between a float's bits and an integer in the order of the floats. */
  private static int ordered(int bits) {
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  private static void order(int[] x) {
    for (int i = 0; i < BLOCK; i++) {
      x[i] = (x[i] ^ (x[i] >> 31 & Integer.MAX_VALUE)) >> 1;
    }
  }

  // Distances are constants, so that the JIT sees that reads and writes do not overlap.

  private static void fold512(int[] high, int[] low) {
    for (int i = 0; i < 512; i++) {
      int difference = high[i] - high[512 + i];
      int below = difference & difference >> 31;
      low[i] = high[512 + i] + below;
      high[i] -= below;
    }
  }

  private static void foldHigh(int[] x) {
    for (int i = 0; i < 256; i++) {
      int difference = x[i] - x[256 + i];
      x[i] -= difference & difference >> 31;
    }
    for (int i = 0; i < 128; i++) {
      int difference = x[i] - x[128 + i];
      x[i] -= difference & difference >> 31;
    }
  }

  private static void foldLow(int[] x) {
    for (int i = 0; i < 256; i++) {
      int difference = x[i] - x[256 + i];
      x[i] = x[256 + i] + (difference & difference >> 31);
    }
    for (int i = 0; i < 128; i++) {
      int difference = x[i] - x[128 + i];
      x[i] = x[128 + i] + (difference & difference >> 31);
    }
  }
}
