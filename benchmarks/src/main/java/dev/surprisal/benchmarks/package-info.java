/** The benchmarks: the cost of a training step and of its parts. */
package dev.surprisal.benchmarks;
