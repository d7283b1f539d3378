/**
 * Files: tensors in the safetensors format, JSON documents, and their atomic replacement.
 *
 * <p>{@link dev.surprisal.io.AtomicFile} writes every file, so that the previous file survives a
 * killed process and a full disk. Every file is checked before it is used.
 */
package dev.surprisal.io;
