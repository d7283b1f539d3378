/** What is measured and how: cases, contestants, turns, and the results as they are kept. */
package dev.surprisal.benchmarks.measure;
