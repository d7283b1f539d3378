package dev.surprisal.train;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Writes a run's metrics as event files for TensorBoard.
 *
 * <p>An event file is a TFRecord file (length, CRC, data, CRC) of {@code Event} messages; see
 * tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto. Each start or
 * resume of a run adds a file; TensorBoard reads the files in the order of their names.
 */
final class TensorBoardWriter implements Closeable {
  private static final Pattern NAME =
      Pattern.compile("events\\.out\\.tfevents\\.(\\d{6})\\.surprisal");
  private static final int RECORD_OVERHEAD = Long.BYTES + 2 * Integer.BYTES;
  private static final int CRC_MASK = 0xa282ead8;

  // Field numbers of Event, SessionLog, Summary and Summary.Value.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int STATUS = 1;
  private static final int STATUS_START = 1;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;

  private final Clock clock;
  private final FileChannel channel;

  /**
   * Creates the next file in a run's folder, for the steps after {@code lastStep}.
   *
   * @param folder the run's folder
   * @param lastStep steps done before, 0 for a new run; TensorBoard discards what older files hold
   *     after it
   * @param clock the source of the events' wall time
   * @throws IOException if the file cannot be written
   */
  TensorBoardWriter(Path folder, long lastStep, Clock clock) throws IOException {
    this.clock = clock;
    channel =
        FileChannel.open(
            folder.resolve(nextName(folder)),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
    write(event(0).string(FILE_VERSION, "brain.Event:2"));
    // A session start makes TensorBoard discard events of this and later steps.
    ProtoMessage start = new ProtoMessage().varint(STATUS, STATUS_START);
    write(event(lastStep + 1).message(SESSION_LOG, start));
  }

  /** Adds the metrics of an epoch at its step. */
  void add(EpochMetrics metrics) throws IOException {
    ProtoMessage summary = new ProtoMessage();
    value(summary, "loss/train", metrics.trainLoss());
    if (!Double.isNaN(metrics.validLoss())) {
      value(summary, "loss/valid", metrics.validLoss());
    }
    value(summary, "perplexity", metrics.perplexity());
    value(summary, "tokens_per_second", metrics.tokensPerSecond());
    write(event(metrics.step()).message(SUMMARY, summary));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static String nextName(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      int last =
          files
              .map(file -> NAME.matcher(file.getFileName().toString()))
              .filter(Matcher::matches)
              .mapToInt(name -> Integer.parseInt(name.group(1)))
              .max()
              .orElse(0);
      return String.format(Locale.ROOT, "events.out.tfevents.%06d.surprisal", last + 1);
    }
  }

  private static void value(ProtoMessage summary, String tag, double value) {
    summary.message(
        VALUE, new ProtoMessage().string(TAG, tag).fixed32(SIMPLE_VALUE, (float) value));
  }

  private ProtoMessage event(long step) {
    return new ProtoMessage().fixed64(WALL_TIME, clock.millis() / 1e3).varint(STEP, step);
  }

  private void write(ProtoMessage message) throws IOException {
    byte[] event = message.toByteArray();
    ByteBuffer record =
        ByteBuffer.allocate(event.length + RECORD_OVERHEAD).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length);
    record.putInt(maskedCrc(record.array(), Long.BYTES));
    record.put(event);
    record.putInt(maskedCrc(event, event.length));
    record.flip();
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  // TFRecord masks CRCs, because a CRC over data that contains CRCs is weak.
  private static int maskedCrc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK;
  }
}
