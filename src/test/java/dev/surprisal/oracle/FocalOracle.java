package dev.surprisal.oracle;

import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Targets;

/**
 * Focal loss (Lin et al. 2017): −w<sub>t</sub> (1 − q<sub>t</sub>)<sup>γ</sup> log q<sub>t</sub>.
 *
 * <p>Its gradient with respect to z<sub>k</sub> is w<sub>t</sub> (1 − q<sub>t</sub>)<sup>γ</sup> (1
 * − γ q<sub>t</sub> log q<sub>t</sub> / (1 − q<sub>t</sub>)) (q<sub>k</sub> − [k = t]).
 *
 * @param targets t
 * @param weights w, one a class; null: all 1
 * @param gamma γ
 */
public record FocalOracle(Targets targets, double[] weights, double gamma) implements Loss {
  @Override
  public double of(int row, int token, SoftmaxOracle q, double[] gradient) {
    int target = targets.classes()[token];
    double others = q.not(target);
    double focus = (weights == null ? 1 : weights[target]) * Math.pow(others, gamma);
    // q log q tends to 0 at q = 0, and log q / (1 − q) to −1 at q = 1.
    double ratio = q.of(target) == 0 ? 0 : others == 0 ? -1 : q.of(target) * q.log(target) / others;
    for (int k = 0; k < gradient.length; k++) {
      gradient[k] = focus * (1 - gamma * ratio) * (k == target ? -others : q.of(k));
    }
    return focus == 0 ? 0 : -focus * q.log(target);
  }
}
