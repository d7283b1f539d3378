/**
 * The kernel library's C ABI in Java, made by JavaCPP from native/include/surprisal.h when the
 * library is built. Which of its builds answers, nvcc's or the emulated one, is decided by what
 * {@code java.library.path} or the class path has.
 */
package dev.surprisal.device.cuda.binding;
