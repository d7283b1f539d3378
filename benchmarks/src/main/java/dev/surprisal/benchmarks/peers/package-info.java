/**
 * Peers that do the same work: in processes of their own that are asked case by case, and in this
 * process through JavaCPP's presets.
 */
package dev.surprisal.benchmarks.peers;
