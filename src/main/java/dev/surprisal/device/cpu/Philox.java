package dev.surprisal.device.cpu;

/**
 * Philox4x32-10, the counter-based random numbers of Salmon, Moraes, Dror and Shaw, "Parallel
 * random numbers: as easy as 1, 2, 3" (2011): four words that are a pure function of a counter and
 * a key.
 */
final class Philox {
  private static final int ROUNDS = 10;
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  private Philox() {}

  /** Writes the four words for a 128-bit counter (low half first) and a 64-bit key. */
  static void words(long counterLow, long counterHigh, long key, int[] words) {
    int c0 = (int) counterLow;
    int c1 = (int) (counterLow >>> 32);
    int c2 = (int) counterHigh;
    int c3 = (int) (counterHigh >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }

  /** Returns a number in [0, 1) from the upper 24 bits of a word. */
  static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** Returns a number in (0, 1] from a word. */
  static double positive(int word) {
    return ((word & 0xFFFFFFFFL) + 1) * 0x1p-32;
  }

  /** Returns a number in [0, 2^53) from the upper bits of two words. */
  static long bits53(int high, int low) {
    return ((long) high << 32 | low & 0xFFFFFFFFL) >>> 11;
  }
}
