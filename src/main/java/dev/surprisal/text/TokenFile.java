package dev.surprisal.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A temporary file of tokens, which is written and then mapped. On Linux and macOS its name is
 * deleted as soon as it is open, so that a killed process leaves no file.
 */
final class TokenFile implements Closeable {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int SEGMENT_BITS = 28;

  private final Path folder;
  private final FileChannel file;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.nativeOrder());

  /** Creates the file in a folder that exists. */
  TokenFile(Path folder) throws IOException {
    this.folder = folder;
    try {
      file =
          FileChannel.open(
              Files.createTempFile(folder, "surprisal", ".tokens"),
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** Appends a token. */
  void add(int id) throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    buffer.putInt(id);
  }

  /** Ends writing and returns the tokens, which outlive this object and keep the space on disk. */
  Tokens map() throws IOException {
    flush();
    return new MappedTokens(file, SEGMENT_BITS);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    buffer.clear();
  }

  private IOException cannotWrite(IOException cause) {
    return new IOException(
        "cannot write the encoded text, 4 bytes a token, to "
            + folder
            + ": "
            + cause.getMessage()
            + "; choose a folder that exists and has free space",
        cause);
  }
}
