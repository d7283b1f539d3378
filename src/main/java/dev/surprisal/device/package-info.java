/**
 * Devices, tensors and the operations that every device computes.
 *
 * <p>Everything above this package is written against {@link dev.surprisal.device.Device}, {@link
 * dev.surprisal.device.Tensor} and {@link dev.surprisal.device.Kernels} alone. {@link
 * java.util.ServiceLoader} finds the devices, so another kind of device is another jar on the class
 * path.
 */
package dev.surprisal.device;
