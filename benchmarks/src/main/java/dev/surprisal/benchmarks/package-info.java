/** What a training step and its parts cost. */
package dev.surprisal.benchmarks;
