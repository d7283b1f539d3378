package dev.surprisal.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What a package logs while this is open; none of it reaches the console. */
public final class LogCapture extends Handler implements AutoCloseable {
  private final SimpleFormatter formatter = new SimpleFormatter();
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final Logger logger;

  /**
   * Begins to capture.
   *
   * @param name of the package
   */
  public LogCapture(String name) {
    logger = Logger.getLogger(name);
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  /**
   * What was logged so far.
   *
   * @param words which a record has to contain
   * @return level and message of each, as in "INFO using cpu"
   */
  public List<String> lines(String words) {
    synchronized (lines) {
      return lines.stream().filter(line -> line.contains(words)).toList();
    }
  }

  @Override
  public void publish(LogRecord event) {
    lines.add(event.getLevel().getName() + " " + formatter.formatMessage(event));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
