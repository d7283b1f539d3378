package dev.surprisal.device.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/** The working memory of one thread: heap blocks, native pointers, and views of floats as bits. */
final class Scratch {
  /** Floats that {@link VectorMath} handles at a time: a few blocks fit in a first-level cache. */
  static final int BLOCK = 1024;

  private static final int SLOTS = 16;

  final NativeFloats a = new NativeFloats();
  final NativeFloats b = new NativeFloats();
  final NativeFloats c = new NativeFloats();
  final Panel panelA = new Panel();
  final Panel panelB = new Panel();

  // Lengths differ so that no two blocks lie a multiple of 4 KiB apart, where a load would wait
  // for an unrelated store.
  final float[] argument = new float[BLOCK + 368];
  final float[] fraction = new float[BLOCK + 48];
  final float[] scale = new float[BLOCK + 112];
  final float[] otherScale = new float[BLOCK + 176];
  final int[] exponent = new int[BLOCK + 240];
  final int[] otherExponent = new int[BLOCK + 304];

  /** The current row of a loss. */
  final LossRow lossRow = new LossRow();

  /** Further softmaxes of a loss. */
  final Softmax teacher = new Softmax();

  final Softmax student = new Softmax();
  final Classes classes = new Classes();
  final RowRange range = new RowRange();

  /** Results of {@link VectorMath#range}. */
  float smallest;

  float largest;

  private final ByteBuffer bits = ByteBuffer.allocateDirect(4 * BLOCK);
  private final FloatBuffer asFloats = bits.order(ByteOrder.nativeOrder()).asFloatBuffer();
  private final IntBuffer asInts = bits.order(ByteOrder.nativeOrder()).asIntBuffer();
  private final float[][] blocks = new float[SLOTS][0];
  private int[] tokens = new int[0];
  private int[] ids = new int[0];
  private long[] keys = new long[0];
  private double[] doubles = new double[0];
  private short[] halves = new short[0];

  /** Returns a heap array of at least the given length, the same one at every call for a slot. */
  float[] block(int slot, int length) {
    if (blocks[slot].length < length) {
      blocks[slot] = new float[length + 48 * (slot + 1)];
    }
    return blocks[slot];
  }

  int[] tokens(int length) {
    if (tokens.length < length) {
      tokens = new int[length];
    }
    return tokens;
  }

  int[] ids(int length) {
    if (ids.length < length) {
      ids = new int[length];
    }
    return ids;
  }

  long[] keys(int length) {
    if (keys.length < length) {
      keys = new long[length];
    }
    return keys;
  }

  double[] doubles(int length) {
    if (doubles.length < length) {
      doubles = new double[length];
    }
    return doubles;
  }

  short[] halves(int length) {
    if (halves.length < length) {
      halves = new short[length];
    }
    return halves;
  }

  /** Copies floats to their bits; the JIT does not vectorise floatToRawIntBits. */
  void toBits(float[] source, int[] target, int count) {
    toBits(source, 0, target, count);
  }

  /** Copies floats from an index on to their bits. */
  void toBits(float[] source, int from, int[] target, int count) {
    asFloats.put(0, source, from, count);
    asInts.get(0, target, 0, count);
  }

  /** Copies bits to their floats. */
  void fromBits(int[] source, float[] target, int count) {
    asInts.put(0, source, 0, count);
    asFloats.get(0, target, 0, count);
  }
}
