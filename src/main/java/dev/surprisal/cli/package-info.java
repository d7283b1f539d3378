/** The command line. Nothing else imports it. */
package dev.surprisal.cli;
