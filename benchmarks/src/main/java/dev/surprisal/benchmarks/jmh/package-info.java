/**
 * JMH benchmarks: the CPU's operations one by one, and what Java adds to a kernel of the library.
 */
package dev.surprisal.benchmarks.jmh;
