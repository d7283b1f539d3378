package dev.surprisal.device.cpu;

import dev.surprisal.device.Tensor;

/** The weights of classes in a loss: those of a tensor, or 1 each. */
final class ClassWeights {
  private final Floats tensor = new Floats();
  private float[] weights = new float[0];
  private double sum;

  /** Reads the weights of all classes; the tensor may be null. */
  void set(Tensor newWeights, int classes) {
    tensor.set(newWeights);
    sum = classes;
    if (present()) {
      weights = weights.length < classes ? new float[classes] : weights;
      tensor.read(0, weights, 0, classes);
      sum = VectorMath.sum(weights, 0, classes);
    }
  }

  boolean present() {
    return tensor.present();
  }

  double of(int target) {
    return present() ? weights[target] : 1;
  }

  /** Multiplies one row of an array, from an index on, by the weights. */
  void multiply(float[] x, int from, int classes) {
    float[] factors = weights;
    for (int v = 0; v < classes; v++) {
      x[from + v] *= factors[v];
    }
  }

  /** Returns the sum over all classes. */
  double sum() {
    return sum;
  }
}
