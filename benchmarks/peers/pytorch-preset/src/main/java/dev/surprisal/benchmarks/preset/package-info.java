/** PyTorch's C++ library through JavaCPP's preset, in the benchmarks' own JVM. */
package dev.surprisal.benchmarks.preset;
