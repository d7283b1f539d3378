package dev.surprisal.benchmarks.ours;

import dev.surprisal.benchmarks.measure.Case;

/**
 * The sizes of a projection and of the batch that goes through it.
 *
 * @param rows N, tokens
 * @param hidden H
 * @param vocabulary V
 */
record ProjectionShape(int rows, int hidden, int vocabulary) {
  static ProjectionShape of(Case projection) {
    return new ProjectionShape(
        projection.intSize("N"), projection.intSize("H"), projection.intSize("V"));
  }
}
