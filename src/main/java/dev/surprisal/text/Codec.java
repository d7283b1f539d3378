package dev.surprisal.text;

/** Turns texts into the ids of a vocabulary, and ids into a text. Immutable. */
interface Codec {
  /**
   * Returns the ids of a text.
   *
   * @param endsLine whether the end of the text also ends a last line that has no line feed
   */
  TokenStream encode(CodePoints text, boolean endsLine);

  /** Returns the text of ids, all of which the vocabulary has. */
  String decode(int[] ids);
}
