package dev.surprisal.oracle;

import dev.surprisal.oracle.LossRowsOracle.Loss;
import dev.surprisal.oracle.LossRowsOracle.Targets;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Cross-entropy and unlikelihood (Welleck et al. 2019): −log q<sub>t</sub> − α Σ<sub>c</sub> log(1
 * − q<sub>c</sub>) over the candidates c of a token: a set, without the target and without what is
 * negative.
 *
 * <p>Its gradient with respect to z<sub>k</sub> is q<sub>k</sub> − [k = t] + α Σ<sub>c</sub>
 * q<sub>c</sub> / (1 − q<sub>c</sub>) ([k = c] − q<sub>k</sub>).
 *
 * @param targets t
 * @param candidates [tokens, K]
 * @param k K
 * @param alpha α
 */
public record UnlikelihoodOracle(Targets targets, int[] candidates, int k, double alpha)
    implements Loss {
  @Override
  public double of(int row, int token, SoftmaxOracle q, double[] gradient) {
    int target = targets.classes()[token];
    for (int v = 0; v < gradient.length; v++) {
      gradient[v] = v == target ? -q.not(v) : q.of(v);
    }
    double loss = -q.log(target);
    for (int candidate : candidates(token, target)) {
      loss -= alpha * Math.log(q.not(candidate));
      for (int v = 0; v < gradient.length; v++) {
        gradient[v] +=
            alpha * (v == candidate ? q.of(v) : -q.of(candidate) * q.of(v) / q.not(candidate));
      }
    }
    return loss;
  }

  private Set<Integer> candidates(int token, int target) {
    Set<Integer> set = new LinkedHashSet<>();
    for (int i = token * k; i < (token + 1) * k; i++) {
      if (candidates[i] >= 0 && candidates[i] != target) {
        set.add(candidates[i]);
      }
    }
    return set;
  }
}
