/**
 * What the kernels must compute, in plain double-precision Java written to be read beside the
 * formula, and what tests need around it: golden files, tolerances, central differences, a source
 * of known entropy.
 *
 * <p>Arrays are row-major. Semantics are PyTorch's, but for one: a mean over nothing is 0, not NaN.
 */
package dev.surprisal.oracle;
