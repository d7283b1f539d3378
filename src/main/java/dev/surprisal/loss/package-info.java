/** What training minimises: losses of logits, with their gradients. */
package dev.surprisal.loss;
