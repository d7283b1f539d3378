/** Pages and charts in docs/, made from results, and the comparison of two runs. */
package dev.surprisal.benchmarks.report;
