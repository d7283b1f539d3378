package dev.surprisal.text;

import java.io.IOException;

/** Unicode code points, one after the other. */
interface CodePoints {
  /** What {@link #next()} returns when there is nothing left. */
  int END = -1;

  /** Returns the next code point, or {@link #END}. */
  int next() throws IOException;

  /** Says where the code point that was returned last stands, for a message. */
  String where();

  /** The code points of a string; an unpaired surrogate comes as it is. */
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
