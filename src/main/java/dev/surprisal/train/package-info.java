/** Training: the loop, losses and their options, checkpoints, metrics and reports. */
package dev.surprisal.train;
