/** Training: the loop, its checkpoints, and what it tells while it runs. */
package dev.surprisal.train;
