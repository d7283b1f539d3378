/** Optimisers and learning-rate schedules. */
package dev.surprisal.optim;
