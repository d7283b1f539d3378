/**
 * The CPU device: OpenBLAS for matrix products, Java on several threads for everything else.
 *
 * <p>Tensors live outside the Java heap. An operation copies blocks of them into small heap arrays,
 * which stay in the first-level cache, computes there in loops that the JIT compiler turns into
 * vector instructions, and copies the result back. Chunks depend on shapes alone, never on the
 * number of threads, so any number of threads gives the same bits.
 */
package dev.surprisal.device.cpu;
