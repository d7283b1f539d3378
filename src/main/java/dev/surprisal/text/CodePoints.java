package dev.surprisal.text;

import java.io.IOException;

/** A sequence of Unicode code points. */
interface CodePoints {
  /** What {@link #next()} returns after the last code point. */
  int END = -1;

  /** Returns the next code point, or {@link #END}. */
  int next() throws IOException;

  /** Returns the place of the code point that was returned last, for a message. */
  String where();

  /** Returns the code points of a string; an unpaired surrogate is one of them. */
  static CodePoints of(String text) {
    return new CodePoints() {
      private int index;
      private int count;

      @Override
      public int next() {
        if (index == text.length()) {
          return END;
        }
        int codePoint = text.codePointAt(index);
        index += Character.charCount(codePoint);
        count++;
        return codePoint;
      }

      @Override
      public String where() {
        return "position " + (count - 1);
      }
    };
  }
}
