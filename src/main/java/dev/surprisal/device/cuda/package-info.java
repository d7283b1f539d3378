/**
 * The CUDA device: the kernels of {@code native/include/surprisal.h} on one stream of one GPU. Only
 * {@code Preset…} and {@code CublasProducts} name CUDA's own libraries, so that everything else
 * also runs on the host, with the emulated kernel library.
 */
package dev.surprisal.device.cuda;
