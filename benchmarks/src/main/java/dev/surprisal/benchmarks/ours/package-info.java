/** The work of each benchmark in Surprisal, operation by operation, on any device. */
package dev.surprisal.benchmarks.ours;
