package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.surprisal.device.DeviceUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailuresTest {
  @Test
  void what_a_message_says_is_the_line() {
    assertEquals("a.txt is cut short", Failures.line(new IOException("a.txt is cut short")));
    assertEquals("no GPU", Failures.line(new DeviceUnavailableException("no GPU")));
    assertEquals("lr is 0", Failures.line(new IllegalArgumentException("lr is 0")));
  }

  @Test
  void a_message_of_several_lines_becomes_one() {
    assertEquals("a b c", Failures.line(new IOException("a\n  b\r\nc\n")));
  }

  @Test
  void a_file_exception_without_a_reason_gets_one() {
    assertEquals("a.txt: no such file or folder", Failures.line(new NoSuchFileException("a.txt")));
    assertEquals("a.txt: permission denied", Failures.line(new AccessDeniedException("a.txt")));
    assertEquals(
        "a.txt: check the path",
        Failures.line(new NoSuchFileException("a.txt", null, "check the path")));
  }

  @Test
  void a_wrapped_failure_is_unwrapped() {
    assertEquals("cut", Failures.line(new UncheckedIOException(new IOException("cut"))));
  }

  @Test
  void what_is_not_expected_says_so_and_how_to_see_where() {
    assertEquals(
        "unexpected java.lang.NullPointerException: x; SURPRISAL_DEBUG=1 shows where",
        Failures.line(new NullPointerException("x")));
    assertEquals(
        "unexpected java.io.IOException; SURPRISAL_DEBUG=1 shows where",
        Failures.line(new IOException()));
  }

  @Test
  void too_little_memory_says_how_to_get_more() {
    assertEquals(
        "out of memory (Java heap space): set JAVA_TOOL_OPTIONS=-Xmx8g for a larger heap",
        Failures.line(new OutOfMemoryError("Java heap space")));
  }
}
