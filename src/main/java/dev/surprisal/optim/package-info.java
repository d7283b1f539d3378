/** How parameters follow their gradients. */
package dev.surprisal.optim;
