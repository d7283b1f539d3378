package dev.surprisal.device.cpu;

/** The tanh cell: h = tanh(sum). Its output is all that the backward pass needs. */
final class TanhStep implements CellStep {
  static final TanhStep INSTANCE = new TanhStep();

  private TanhStep() {}

  @Override
  public void forward(
      SequenceRows reserve, int first, int rows, int t, float[] hidden, Scratch scratch) {
    reserve.read(first, t, rows, hidden);
    VectorMath.tanh(hidden, rows * reserve.width(), scratch);
  }

  @Override
  public void backward(
      SequenceRows reserve,
      int first,
      int rows,
      int t,
      float[] hidden,
      float[] gradient,
      Scratch scratch) {
    throughTanh(gradient, hidden, rows * reserve.width());
    reserve.write(first, t, rows, gradient);
  }

  /** tanh' = 1 − tanh². */
  private static void throughTanh(float[] gradient, float[] hidden, int count) {
    for (int i = 0; i < count; i++) {
      gradient[i] *= 1 - hidden[i] * hidden[i];
    }
  }
}
