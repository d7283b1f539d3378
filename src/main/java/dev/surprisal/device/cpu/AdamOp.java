package dev.surprisal.device.cpu;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.AdamTensors;
import dev.surprisal.device.Tensor;

/** Adam for all parameters: reads each of the four arrays once and writes three. */
final class AdamOp implements CpuTask {
  private static final int CHUNK = 1 << 15;
  private static final int BLOCK = 1024;

  private final Workers workers;
  private final Floats parameters = new Floats();
  private final Floats gradients = new Floats();
  private final Floats firstMoments = new Floats();
  private final Floats secondMoments = new Floats();
  private final int[] step = new int[1];
  private final float[] scalar = new float[1];
  private long count;
  private float clip;
  private float weightDecay;
  private float firstRate;
  private float beta2;
  private float secondRate;
  private float stepSize;
  private float rootCorrection;
  private float eps;

  AdamOp(Workers workers) {
    this.workers = workers;
  }

  void run(AdamTensors tensors, AdamOptions options) {
    count = tensors.parameters().elements();
    parameters.set(tensors.parameters());
    gradients.set(tensors.gradients());
    firstMoments.set(tensors.firstMoments());
    secondMoments.set(tensors.secondMoments());
    tensors.step().read(step);
    step[0] = Math.addExact(step[0], 1);
    double learningRate = scalar(tensors.learningRate());
    stepSize = (float) (learningRate / (1 - power(options.beta1(), step[0])));
    rootCorrection = (float) Math.sqrt(1 - power(options.beta2(), step[0]));
    clip =
        tensors.gradientNorm() == null
            ? 1
            : (float) Math.min(1, options.maxNorm() / (scalar(tensors.gradientNorm()) + 1e-6));
    weightDecay = (float) options.weightDecay();
    firstRate = (float) (1 - options.beta1());
    beta2 = (float) options.beta2();
    secondRate = (float) (1 - options.beta2());
    eps = (float) options.eps();
    workers.run(this, Math.toIntExact((count + CHUNK - 1) / CHUNK));
    tensors.step().write(step);
  }

  /** Computes a power by squaring: StrictMath.pow allocates. */
  private static double power(double base, int exponent) {
    double result = 1;
    double square = base;
    for (int rest = exponent; rest > 0; rest >>= 1) {
      result *= (rest & 1) == 1 ? square : 1;
      square *= square;
    }
    return result;
  }

  private double scalar(Tensor tensor) {
    tensor.read(scalar);
    return scalar[0];
  }

  @Override
  public void run(int chunk, Scratch scratch) {
    float[] p = scratch.block(0, BLOCK);
    float[] g = scratch.block(1, BLOCK);
    float[] m = scratch.block(2, BLOCK);
    float[] v = scratch.block(3, BLOCK);
    long end = Math.min(count, (chunk + 1L) * CHUNK);
    for (long at = chunk * (long) CHUNK; at < end; at += BLOCK) {
      int size = (int) Math.min(BLOCK, end - at);
      parameters.read(at, p, 0, size);
      gradients.read(at, g, 0, size);
      firstMoments.read(at, m, 0, size);
      secondMoments.read(at, v, 0, size);
      moments(p, g, m, v, size, clip, weightDecay, firstRate, beta2, secondRate);
      update(p, m, v, size, stepSize, rootCorrection, eps);
      parameters.write(at, p, 0, size);
      firstMoments.write(at, m, 0, size);
      secondMoments.write(at, v, 0, size);
    }
  }

  private static void moments(
      float[] p,
      float[] g,
      float[] m,
      float[] v,
      int count,
      float clip,
      float weightDecay,
      float firstRate,
      float beta2,
      float secondRate) {
    for (int i = 0; i < count; i++) {
      float gradient = g[i] * clip + p[i] * weightDecay;
      m[i] += firstRate * (gradient - m[i]);
      v[i] = v[i] * beta2 + secondRate * gradient * gradient;
    }
  }

  private static void update(
      float[] p, float[] m, float[] v, int count, float stepSize, float rootCorrection, float eps) {
    for (int i = 0; i < count; i++) {
      p[i] -= stepSize * m[i] / ((float) Math.sqrt(v[i]) / rootCorrection + eps);
    }
  }
}
