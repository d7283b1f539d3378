package dev.surprisal.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.surprisal.oracle.Samples;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
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
    int[] nan = new int[(before + elements + GUARD) * type.bytes() / 4];
    Arrays.fill(nan, NAN);
    ByteBuffer bytes = ByteBuffer.allocate(4 * nan.length).order(ByteOrder.nativeOrder());
    bytes.asIntBuffer().put(nan);
    block.write(0, bytes);
    Tensor tensor = block.slice(before, sizes);
    placed.add(new Guarded(block, tensor));
    return tensor;
  }

  /**
   * The bits of a tensor.
   *
   * @param tensor of elements of 4 or 8 bytes
   * @return as integers, so that a NaN equals itself and −0 does not equal 0
   */
  public static int[] bits(Tensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
    tensor.read(0, bytes.order(ByteOrder.nativeOrder()));
    IntBuffer ints = bytes.rewind().asIntBuffer();
    int[] bits = new int[ints.remaining()];
    ints.get(bits);
    return bits;
  }

  @Override
  public void close() {
    try (arena) {
      placed.forEach(Bench::assertNothingWrittenBeyond);
    }
  }

  private static void assertNothingWrittenBeyond(Guarded guarded) {
    int[] found = bits(guarded.block);
    int before = (int) (guarded.tensor.offset() - guarded.block.offset()) / 4;
    int behind = before + (int) guarded.tensor.bytes() / 4;
    int[] expected = found.clone();
    Arrays.fill(expected, 0, before, NAN);
    Arrays.fill(expected, behind, expected.length, NAN);
    assertArrayEquals(expected, found, () -> "written beyond " + guarded.tensor);
  }

  @Override
  public String toString() {
    return device + (odd ? ", operands anywhere" : "");
  }
}
