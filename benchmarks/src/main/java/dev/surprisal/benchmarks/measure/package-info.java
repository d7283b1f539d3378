/** Cases, contestants, turns, and the results that are stored. */
package dev.surprisal.benchmarks.measure;
