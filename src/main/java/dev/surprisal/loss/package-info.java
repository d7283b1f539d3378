/** Training losses of logits and hidden states, with their gradients. */
package dev.surprisal.loss;
