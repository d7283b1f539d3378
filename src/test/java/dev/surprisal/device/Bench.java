package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.oracle.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A device with the tensors of one test. Each of them is a part of a larger one that is filled with
 * a NaN: an output holds it until it is written, and closing the bench fails the test if anything
 * was written before or behind.
 */
public final class Bench implements AutoCloseable {
  private static final int GUARD = 16;
  private static final int NAN = 0x7FBADBAD;
  private static final short HALF_NAN = 0x7FBA;

  private final Device device;
  private final boolean odd;
  private final Arena arena;
  private final List<Guarded> placed = new ArrayList<>();

  private Bench(Device device, boolean odd) {
    this.device = device;
    this.odd = odd;
    this.arena = new Arena(device);
  }

  private record Guarded(Tensor block, Tensor tensor) {}

  /**
   * A bench whose tensors start at a multiple of 64 bytes.
   *
   * @param device of the tensors
   * @return to be closed
   */
  public static Bench aligned(Device device) {
    return new Bench(device, false);
  }

  /**
   * A bench whose tensors start anywhere, each elsewhere in a line of memory.
   *
   * @param device of the tensors
   * @return to be closed
   */
  public static Bench odd(Device device) {
    return new Bench(device, true);
  }

  /**
   * Where the tensors are.
   *
   * @return the device
   */
  public Device device() {
    return device;
  }

  /**
   * The device's operations.
   *
   * @return of {@link #device}
   */
  public Kernels kernels() {
    return device.kernels();
  }

  /**
   * How often a test draws that only counts: fewer times where kernels are emulated.
   *
   * @param many on a real device
   * @return as many, or a tenth
   */
  public int draws(int many) {
    return device.toString().startsWith("emulated") ? many / 10 : many;
  }

  /**
   * Places values.
   *
   * @param values as many as the shape has, narrowed to floats
   * @param sizes the shape; none for a vector
   * @return FLOAT32
   */
  public Tensor floats(double[] values, long... sizes) {
    Tensor tensor = output(sizes.length == 0 ? new long[] {values.length} : sizes);
    tensor.write(Samples.floats(values));
    return tensor;
  }

  /**
   * Places values of bfloat16.
   *
   * @param values as many as the shape has, each a number that bfloat16 has
   * @param sizes the shape; none for a vector
   * @return BFLOAT16
   */
  public Tensor halves(double[] values, long... sizes) {
    Tensor tensor = halfOutput(sizes.length == 0 ? new long[] {values.length} : sizes);
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.nativeOrder());
    for (double value : values) {
      int bits = Float.floatToRawIntBits((float) value);
      if ((bits & 0xFFFF) != 0) {
        throw new IllegalArgumentException("bfloat16 has no " + value);
      }
      bytes.putShort((short) (bits >>> 16));
    }
    tensor.write(0, bytes.flip());
    return tensor;
  }

  /**
   * Places integers.
   *
   * @param values as many as the shape has
   * @param sizes the shape; none for a vector
   * @return INT32
   */
  public Tensor ints(int[] values, long... sizes) {
    Tensor tensor = place(DType.INT32, sizes.length == 0 ? new long[] {values.length} : sizes);
    tensor.write(values);
    return tensor;
  }

  /**
   * Places one long.
   *
   * @param value the long
   * @return INT64 [1]
   */
  public Tensor scalar(long value) {
    Tensor tensor = place(DType.INT64, 1);
    tensor.write(0, ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, value));
    return tensor;
  }

  /**
   * Room for a result.
   *
   * @param sizes the shape
   * @return FLOAT32, all NaN
   */
  public Tensor output(long... sizes) {
    return place(DType.FLOAT32, sizes);
  }

  /**
   * Room for a result.
   *
   * @param sizes the shape
   * @return BFLOAT16, all NaN
   */
  public Tensor halfOutput(long... sizes) {
    return place(DType.BFLOAT16, sizes);
  }

  /**
   * Room for a result.
   *
   * @param sizes the shape
   * @return INT32, with an integer that is no token
   */
  public Tensor intOutput(long... sizes) {
    return place(DType.INT32, sizes);
  }

  /**
   * Room for a result.
   *
   * @param sizes the shape
   * @return INT64, with anything in it
   */
  public Tensor longOutput(long... sizes) {
    return place(DType.INT64, sizes);
  }

  private Tensor place(DType type, long... sizes) {
    int before = GUARD + (odd ? 1 + placed.size() % (GUARD - 1) : 0);
    int elements = Math.toIntExact(Shape.of(sizes).elements());
    Tensor block = arena.allocate(type, before + elements + GUARD);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(block.bytes())).order(ByteOrder.nativeOrder());
    while (bytes.hasRemaining()) {
      if (type.bytes() == 2) {
        bytes.putShort(HALF_NAN);
      } else {
        bytes.putInt(NAN);
      }
    }
    block.write(0, bytes.flip());
    Tensor tensor = block.slice(before, sizes);
    placed.add(new Guarded(block, tensor));
    return tensor;
  }

  /**
   * The bits of a tensor.
   *
   * @param tensor of any type
   * @return as integers, one for 2 or 4 bytes, so that a NaN equals itself and −0 does not equal 0
   */
  public static int[] bits(Tensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
    tensor.read(0, bytes.order(ByteOrder.nativeOrder()));
    bytes.rewind();
    int[] bits = new int[bytes.remaining() / unit(tensor)];
    Arrays.setAll(bits, i -> unit(tensor) == 2 ? bytes.getShort() : bytes.getInt());
    return bits;
  }

  /** The bytes of what {@link #bits} gives as one. */
  private static int unit(Tensor tensor) {
    return Math.min(4, tensor.type().bytes());
  }

  @Override
  public void close() {
    try (arena) {
      placed.forEach(Bench::assertNothingWrittenBeyond);
    }
  }

  private static void assertNothingWrittenBeyond(Guarded guarded) {
    int[] found = bits(guarded.block);
    int unit = unit(guarded.block);
    int nan = unit == 2 ? HALF_NAN : NAN;
    int before = (int) (guarded.tensor.offset() - guarded.block.offset()) / unit;
    int behind = before + (int) guarded.tensor.bytes() / unit;
    int[] expected = found.clone();
    Arrays.fill(expected, 0, before, nan);
    Arrays.fill(expected, behind, expected.length, nan);
    assertArrayEquals(expected, found, () -> "written beyond " + guarded.tensor);
  }

  @Override
  public String toString() {
    return device + (odd ? ", operands anywhere" : "");
  }
}
