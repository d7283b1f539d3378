package dev.surprisal.cli;

/**
 * Marks a group of options that belong to a run: {@link RunSettings} stores them, and a resumed run
 * takes them from there. Options that name files are stored in {@link RunTexts} instead.
 */
interface RunOptions {
  /** Whether a resumed run may change these options. */
  default boolean mayChange() {
    return false;
  }
}
