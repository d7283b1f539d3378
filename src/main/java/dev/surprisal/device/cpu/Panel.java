package dev.surprisal.device.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.IntPointer;

/** A part of a BFLOAT16 matrix, widened to float32 in one thread's native memory. */
final class Panel {
  private IntBuffer bits = IntBuffer.allocate(0);
  private long address;
  private int[] row = new int[0];

  /**
   * Widens some rows of a matrix.
   *
   * @param matrix the source
   * @param first the first element
   * @param rows the number of rows
   * @param columns the number of columns, and the row length of the panel
   * @param pitch the row length of the matrix, in elements
   * @param scratch the memory of the calling thread
   * @return the native address, valid until the next call
   */
  long widen(Halves matrix, long first, int rows, int columns, long pitch, Scratch scratch) {
    reserve(Math.multiplyExact(rows, columns));
    short[] halves = scratch.halves(columns);
    if (row.length < columns) {
      row = new int[columns];
    }
    for (int i = 0; i < rows; i++) {
      matrix.read(first + i * pitch, halves, 0, columns);
      Halves.widen(halves, row, columns);
      bits.put(i * columns, row, 0, columns);
    }
    return address;
  }

  private void reserve(int elements) {
    if (bits.capacity() < elements) {
      ByteBuffer block = ByteBuffer.allocateDirect(Math.multiplyExact(4, elements));
      bits = block.order(ByteOrder.nativeOrder()).asIntBuffer();
      address = new IntPointer(bits).address();
    }
  }
}
