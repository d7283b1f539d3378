package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** A [B, T, W] operand of a recurrent layer, read and written by rows: some sequences at a step. */
final class SequenceRows {
  private final Floats floats = new Floats();
  private int steps;
  private int width;

  void set(Tensor tensor) {
    set(tensor, Math.toIntExact(tensor.shape().size(1)), Math.toIntExact(tensor.shape().size(2)));
  }

  /** Takes a tensor of another shape as one of [B, T, W]. */
  void set(Tensor tensor, int newSteps, int newWidth) {
    floats.set(tensor);
    steps = newSteps;
    width = newWidth;
  }

  int width() {
    return width;
  }

  /** The elements from one sequence's row of a step to the next sequence's. */
  int pitch() {
    return steps * width;
  }

  /** The native address of a sequence's row at a step. */
  long address(int sequence, int t) {
    return floats.address(place(sequence, t));
  }

  /** Copies the rows of some sequences at a step into an array, one after another. */
  void read(int first, int t, int rows, float[] target) {
    for (int row = 0; row < rows; row++) {
      floats.read(place(first + row, t), target, row * width, width);
    }
  }

  /** Copies from an array what {@link #read} would copy into it. */
  void write(int first, int t, int rows, float[] source) {
    for (int row = 0; row < rows; row++) {
      floats.write(place(first + row, t), source, row * width, width);
    }
  }

  private long place(int sequence, int t) {
    return (sequence * (long) steps + t) * width;
  }
}
