/**
 * The CUDA device: kernels of our own, bound from {@code native/include/surprisal.h}, on one stream
 * of one GPU. CUDA's own libraries are named in {@code Preset…} and {@code CublasProducts} alone,
 * so that everything else also runs on the host, against the emulated kernel library.
 */
package dev.surprisal.device.cuda;
