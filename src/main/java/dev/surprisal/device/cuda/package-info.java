/**
 * The CUDA device's place. This version finds out what a machine has and lacks for it; the kernels
 * that it will run are not part of it yet.
 */
package dev.surprisal.device.cuda;
