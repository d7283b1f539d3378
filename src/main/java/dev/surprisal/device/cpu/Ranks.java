package dev.surprisal.device.cpu;

/**
 * Logit and index of a class as one number that orders classes by falling logit and, among equal
 * logits, by rising index.
 */
final class Ranks {
  private Ranks() {}

  static long of(float logit, int index) {
    int bits = Float.floatToIntBits(logit + 0f); // −0 becomes 0
    int rising = bits ^ (bits >> 31) & Integer.MAX_VALUE;
    return (long) ~rising << 32 | index;
  }

  static int index(long rank) {
    return (int) rank;
  }
}
