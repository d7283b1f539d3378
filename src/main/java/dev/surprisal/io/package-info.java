/**
 * Files: tensors in the safetensors format, JSON documents, and the way both are replaced.
 *
 * <p>Every file is written by {@link dev.surprisal.io.AtomicFile}, so that a process that is killed
 * and a disk that is full leave the previous file. Every file is checked before it is used.
 */
package dev.surprisal.io;
