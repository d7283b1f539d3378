/** What a benchmark does in Surprisal, operation by operation, on any device. */
package dev.surprisal.benchmarks.ours;
