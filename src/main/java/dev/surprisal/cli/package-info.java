/** The command line, which no other package imports. */
package dev.surprisal.cli;
