/**
 * What others make of the same work: in processes of their own that are asked case by case, and in
 * this one through JavaCPP's presets.
 */
package dev.surprisal.benchmarks.peers;
