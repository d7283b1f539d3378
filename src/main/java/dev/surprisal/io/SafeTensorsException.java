package dev.surprisal.io;

import java.io.IOException;
import java.nio.file.Path;

/** Reports a safetensors file that is missing, damaged, or not what was expected. */
public final class SafeTensorsException extends IOException {
  private static final long serialVersionUID = 1;

  SafeTensorsException(Path path, String message) {
    super(path + ": " + message);
  }

  SafeTensorsException(Path path, IOException cause) {
    super(path + ": " + Messages.reason(cause), cause);
  }
}
