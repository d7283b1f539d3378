/**
 * Layers: parameters, saved activations and the calls that compute with them. Names, layouts and
 * initialisation are PyTorch's.
 */
package dev.surprisal.nn;
