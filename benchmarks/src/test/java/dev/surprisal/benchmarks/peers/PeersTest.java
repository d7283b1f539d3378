package dev.surprisal.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.surprisal.benchmarks.measure.Contestant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  private final List<String> absent = new ArrayList<>();

  private List<String> named(String python) {
    List<Contestant> found = Peers.open("cpu", python, absent::add);
    List<String> names = found.stream().map(Contestant::name).toList();
    found.forEach(Contestant::close);
    return names;
  }

  private String why(String peer) {
    return absent.stream()
        .filter(line -> line.startsWith(peer + ": "))
        .findFirst()
        .orElseThrow(() -> new AssertionError(peer + " is not in " + absent));
  }

  private static String python(Path folder, String script) throws IOException {
    Path file = folder.resolve("python");
    Files.writeString(file, "#!/bin/sh\n" + script);
    assertTrue(file.toFile().setExecutable(true));
    return file.toString();
  }

  @Test
  void without_a_python_there_is_no_pytorch() {
    assertTrue(!named(null).contains("pytorch"));
    assertEquals("pytorch: no Python was named that has it", why("pytorch"));
  }

  @Test
  void a_python_without_pytorch_is_named_with_its_own_words(@TempDir Path folder)
      throws IOException {
    String python = python(folder, "echo 'it has no PyTorch: pip install torch' >&2\nexit 1\n");
    assertTrue(!named(python).contains("pytorch"));
    assertEquals(
        "pytorch: " + python + " ended with status 1: it has no PyTorch: pip install torch",
        why("pytorch"));
  }

  @Test
  void each_peer_of_a_program_is_a_contestant_and_the_others_are_named(@TempDir Path folder)
      throws IOException {
    String python =
        python(
            folder,
            "echo '{\"peers\": {\"pytorch\": \"2\"}, \"absent\": {\"liger\": \"needs a GPU\"}}'\n"
                + "cat >/dev/null\n");
    assertTrue(named(python).contains("pytorch"));
    assertEquals("liger: needs a GPU", why("liger"));
  }

  @Test
  void without_cuda_its_libraries_are_absent_for_one_reason() {
    assumeFalse(Files.exists(Path.of("/proc/driver/nvidia/version")), "there may be a GPU");
    List<Contestant> found = Peers.open("cuda:0", null, absent::add);
    assertEquals(List.of(), found);
    String why = why("cublas").substring("cublas: ".length());
    assertTrue(why.startsWith("libcuda.so.1: ") || why.contains("jnicudart"), why);
    assertEquals("cudnn: " + why, why("cudnn"));
  }

  @Test
  void pytorch_in_this_process_needs_a_jar_that_is_not_here() {
    named(null);
    assertEquals(
        "pytorch-javacpp: it is not on the class path: build it with benchmarks/build -Ppeers",
        why("pytorch-javacpp"));
  }
}
