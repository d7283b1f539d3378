package dev.surprisal.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void a_file_is_made_where_there_was_none() throws IOException {
    write(folder.resolve("a"), "first");
    assertEquals("first", Files.readString(folder.resolve("a")));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void new_content_replaces_the_old_even_if_it_is_shorter() throws IOException {
    write(folder.resolve("a"), "first");
    write(folder.resolve("a"), "2");
    assertEquals("2", Files.readString(folder.resolve("a")));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void until_the_content_is_whole_the_file_has_the_old_one() throws IOException {
    Path file = folder.resolve("a");
    write(file, "first");
    AtomicFile.write(
        file,
        channel -> {
          put(channel, "sec");
          assertEquals("first", Files.readString(file));
          put(channel, "ond");
        });
    assertEquals("second", Files.readString(file));
  }

  @Test
  void a_failure_leaves_the_old_content_and_no_temporary_file() throws IOException {
    Path file = folder.resolve("a");
    write(file, "first");
    IOException failure = assertThrows(IOException.class, () -> fail(file));
    assertEquals(
        file + ": cannot be written: the cable is cut; the previous file is still there",
        failure.getMessage());
    assertEquals("first", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void a_failure_without_a_previous_file_leaves_nothing() throws IOException {
    Path file = folder.resolve("a");
    IOException failure = assertThrows(IOException.class, () -> fail(file));
    assertEquals(
        file + ": cannot be written: the cable is cut; no file was created", failure.getMessage());
    assertEquals(List.of(), names(folder));
  }

  @Test
  void what_the_content_throws_besides_is_passed_on_as_it_is() throws IOException {
    Path file = folder.resolve("a");
    write(file, "first");
    IllegalStateException closed = new IllegalStateException("this tensor was closed");
    assertSame(
        closed,
        assertThrows(
            IllegalStateException.class,
            () ->
                AtomicFile.write(
                    file,
                    channel -> {
                      throw closed;
                    })));
    assertEquals("first", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void a_full_disk_leaves_the_previous_file_and_no_temporary_one() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder()
            .setWorkingDirectory("/disk")
            .setBlockSize(512)
            .setMaxSize(4096)
            .build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path file = disk.getPath("/disk/a");
      write(file, "x".repeat(2000));
      IOException failure = assertThrows(IOException.class, () -> write(file, "y".repeat(4000)));
      assertTrue(failure.getMessage().startsWith("/disk/a: cannot be written: "));
      assertTrue(failure.getMessage().endsWith("; the previous file is still there"));
      assertEquals("x".repeat(2000), Files.readString(file));
      assertEquals(List.of("a"), names(file.getParent()));
      write(file, "z".repeat(1000));
      assertEquals("z".repeat(1000), Files.readString(file));
    }
  }

  @Test
  void an_interrupted_thread_leaves_the_previous_file() throws IOException {
    Path file = folder.resolve("a");
    write(file, "first");
    Thread.currentThread().interrupt();
    IOException failure = assertThrows(IOException.class, () -> write(file, "second"));
    assertTrue(Thread.interrupted());
    assertEquals(
        file + ": cannot be written: this thread was interrupted; the previous file is still there",
        failure.getMessage());
    assertEquals("first", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void a_missing_folder_is_a_reason() {
    Path file = folder.resolve("gone").resolve("a");
    IOException failure = assertThrows(IOException.class, () -> write(file, "first"));
    assertEquals(
        file + ": cannot be written: no such file or folder; no file was created",
        failure.getMessage());
  }

  @Test
  void a_folder_is_not_replaced() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("a")).resolve("b");
    write(inside, "first");
    assertThrows(IOException.class, () -> write(folder.resolve("a"), "second"));
    assertEquals("first", Files.readString(inside));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void leftovers_of_the_same_file_are_removed_and_nothing_else() throws IOException {
    List<String> others =
        List.of("a.0123456789abcdef.tmp.old", "a.tmp", "ab.0123456789abcdef.tmp", "b");
    for (String other : others) {
      Files.writeString(folder.resolve(other), "kept");
    }
    Files.writeString(folder.resolve("a+.0123456789abcdef.tmp"), "half");
    Files.writeString(folder.resolve("a+.fedcba9876543210.tmp"), "half");
    write(folder.resolve("a+"), "first");
    assertEquals(Stream.concat(Stream.of("a+"), others.stream()).toList(), names(folder));
  }

  @Test
  void a_write_that_goes_on_is_not_a_leftover() throws IOException {
    Path file = folder.resolve("a");
    AtomicFile.write(
        file,
        channel -> {
          write(file, "inner");
          put(channel, "outer");
        });
    assertEquals("outer", Files.readString(file));
    assertEquals(List.of("a"), names(folder));
  }

  @Test
  void a_file_has_the_permissions_of_any_new_file() throws IOException {
    write(folder.resolve("a"), "ours");
    Files.writeString(folder.resolve("b"), "any");
    assertEquals(
        Files.getPosixFilePermissions(folder.resolve("b")),
        Files.getPosixFilePermissions(folder.resolve("a")));
  }

  @Test
  void a_path_without_a_folder_is_in_the_working_directory() throws IOException {
    try (FileSystem disk =
        Jimfs.newFileSystem(
            Configuration.unix().toBuilder().setWorkingDirectory("/disk").build())) {
      write(disk.getPath("a"), "first");
      assertEquals("first", Files.readString(disk.getPath("/disk/a")));
      assertFalse(Files.exists(disk.getPath("/a")));
    }
  }

  private static void fail(Path file) throws IOException {
    AtomicFile.write(
        file,
        channel -> {
          put(channel, "half");
          throw new IOException("the cable is cut");
        });
  }

  private static void write(Path file, String content) throws IOException {
    AtomicFile.write(file, channel -> put(channel, content));
  }

  private static void put(FileChannel channel, String content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
