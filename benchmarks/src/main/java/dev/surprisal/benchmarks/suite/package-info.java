/**
 * The GPU suite, as it runs from the bundle: stages in processes of their own, each with a limit of
 * time.
 */
package dev.surprisal.benchmarks.suite;
