/**
 * Devices, tensors and the operations that a device must be able to do.
 *
 * <p>Everything above this package is written against {@link dev.surprisal.device.Device}, {@link
 * dev.surprisal.device.Tensor} and {@link dev.surprisal.device.Kernels} alone. A device is found
 * through {@link java.util.ServiceLoader}, so that another one is another jar on the class path.
 */
package dev.surprisal.device;
