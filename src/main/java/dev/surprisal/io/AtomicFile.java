package dev.surprisal.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Replaces a file atomically: at any moment it has either its old content or its new content.
 *
 * <p>The content is written to a temporary file in the same folder, {@code NAME.<16 hex
 * digits>.tmp}, and flushed to the disk; an atomic rename then replaces the file. The next write of
 * the same file deletes the temporary file of a killed process.
 */
public final class AtomicFile {
  private static final String TEMPORARY = "\\.[0-9a-f]{16}\\.tmp";

  private AtomicFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the whole content.
     *
     * @param channel an empty file, open for writing; the caller closes it
     * @throws IOException if it cannot be written
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Replaces or creates a file.
   *
   * @param target the file, in an existing folder; a link is replaced, not followed
   * @param content what to write; if it throws, the file stays as it was
   * @throws IOException if the file cannot be written; the previous file stays
   */
  public static void write(Path target, Content content) throws IOException {
    Path file = target.toAbsolutePath();
    removeLeftovers(file);
    try {
      replace(file, content);
    } catch (IOException e) {
      throw new IOException(
          target
              + ": cannot be written: "
              + Messages.reason(e)
              + (Files.exists(file)
                  ? "; the previous file is still there"
                  : "; no file was created"),
          e);
    }
    syncFolder(file.getParent());
  }

  @SuppressWarnings("try") // the lock is only held
  private static void replace(Path file, Content content) throws IOException {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Path temporary = file.resolveSibling(file.getFileName() + "." + random + ".tmp");
    try (FileChannel channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      content.writeTo(channel);
      channel.force(true);
      // Some file systems replace a file only with REPLACE_EXISTING.
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      deleteIfPossible(temporary);
    }
  }

  /** Deletes temporary files, except those that a running process has locked. */
  private static void removeLeftovers(Path file) {
    Pattern name = Pattern.compile(Pattern.quote(file.getFileName().toString()) + TEMPORARY);
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(
            file.getParent(), f -> name.matcher(f.getFileName().toString()).matches())) {
      for (Path leftover : leftovers) {
        removeUnlessLocked(leftover);
      }
    } catch (DirectoryIteratorException | IOException e) {
      // Leftovers only cost space. If the folder cannot be used, the write reports it.
    }
  }

  private static void removeUnlessLocked(Path leftover) throws IOException {
    try (FileChannel channel = FileChannel.open(leftover, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      if (lock != null) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  /** Returns a lock, or null if another process has it or the file system has no locks. */
  private static FileLock tryLock(FileChannel channel) {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException | IOException e) {
      return null;
    }
  }

  /** After the rename there is nothing to delete. */
  private static void deleteIfPossible(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The next write tries again; this one may have its own failure to report.
    }
  }

  /** Flushes the rename to the disk. */
  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every file system opens a folder; the file is complete either way.
    }
  }
}
