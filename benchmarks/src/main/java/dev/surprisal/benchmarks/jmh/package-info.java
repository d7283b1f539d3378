/** JMH benchmarks: the time that Java adds to a kernel, and the allocation of a training step. */
package dev.surprisal.benchmarks.jmh;
