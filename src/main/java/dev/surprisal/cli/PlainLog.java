package dev.surprisal.cli;

import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Prints log records as lines on standard error: the message, with the level for warnings and
 * above.
 */
final class PlainLog extends Handler {
  private final Formatter formatter =
      new Formatter() {
        @Override
        public String format(LogRecord record) {
          String level =
              record.getLevel().intValue() < Level.WARNING.intValue()
                  ? ""
                  : record.getLevel().getName().toLowerCase(Locale.ROOT) + ": ";
          return "surprisal: " + level + formatMessage(record);
        }
      };

  private PlainLog() {}

  /** Installs this as the only handler. */
  static void install() {
    LogManager.getLogManager().reset();
    Logger.getLogger("").addHandler(new PlainLog());
  }

  @Override
  public void publish(LogRecord record) {
    if (isLoggable(record)) {
      System.err.println(formatter.format(record));
    }
  }

  @Override
  public void flush() {
    System.err.flush();
  }

  @Override
  public void close() {}
}
