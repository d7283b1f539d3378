package dev.surprisal.device.cpu;

import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * Focal loss w·(1 − q_t)^γ·(−log q_t). Its gradient is C·(q_v − [v = t]) with C = w·((1 − q_t)^γ +
 * γ·(1 − q_t)^(γ − 1)·q_t·(−log q_t)).
 */
final class FocalOp extends LossRowsOp {
  private final ClassWeights weights = new ClassWeights();
  private double gamma;

  FocalOp(Workers workers) {
    super(workers);
  }

  void run(Tensor newTargets, int ignoreIndex, Tensor classWeights, float newGamma, LossRows rows) {
    set(rows);
    targets.set(newTargets, ignoreIndex, classes(), tokens(), rows());
    weights.set(classWeights, classes());
    gamma = newGamma;
    work();
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    int target = targets.of(row.token());
    double weight = weights.of(target);
    double surprisal = -row.softmax.logProbability(target);
    double others = row.softmax.others(target);
    double q = row.softmax.probability(target);
    double modulation = StrictMath.pow(others, gamma);
    double slope = 0;
    if (gamma > 0 && others > 0 && q > 0) {
      slope = gamma * StrictMath.pow(others, gamma - 1) * q * surprisal;
    }
    row.mass(weight == 0 ? 0 : weight * (modulation + slope));
    return weight == 0 ? 0 : weight * modulation * surprisal;
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    row.p(targets.of(row.token()), row.mass());
  }
}
