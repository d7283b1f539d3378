package dev.surprisal.benchmarks.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
  @TempDir Path root;

  private Path library(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }

  @Test
  void without_any_all_are_missing_and_the_library_path_is_the_users() {
    CudaLibraries none = new CudaLibraries(root, null, List.of(), List.of(root));
    assertEquals(Map.of(), none.found());
    assertEquals(CudaLibraries.NEEDED, none.missing());
    assertEquals(
        Map.of("LD_LIBRARY_PATH", "", "SURPRISAL_USERS_LD_LIBRARY_PATH", ""), none.environment());
    assertEquals(List.of(), none.properties());
  }

  @Test
  void the_users_path_goes_before_the_linker_then_the_newest_toolkit_then_python()
      throws IOException {
    Path own = library("own/libcudart.so.13");
    library("usr/local/cuda-13.0/lib64/libcudart.so.13");
    library("usr/local/cuda-13.0/lib64/libcublas.so.13");
    library("usr/local/cuda-13.0/lib64/libcublasLt.so.13");
    Path toolkit = library("usr/local/cuda-13.1/targets/x86_64-linux/lib/libcublasLt.so.13");
    library("site/nvidia/cu13/lib/libcublas.so.13");
    Path python = library("site/nvidia/cudnn/lib/libcudnn.so.9");
    String path = own.getParent() + ":" + root.resolve("absent");
    CudaLibraries found =
        new CudaLibraries(
            root,
            path,
            List.of(
                "12 libs found in cache `/etc/ld.so.cache'",
                "\tlibcublas.so.13 (libc6) => /usr/lib32/libcublas.so.13",
                "\tlibcublas.so.13 (libc6,x86-64) => /linked/libcublas.so.13"),
            List.of(root.resolve("absent"), root.resolve("site")));
    assertEquals(
        Map.of(
            "libcudart.so.13", own,
            "libcublas.so.13", Path.of("/linked/libcublas.so.13"),
            "libcublasLt.so.13", toolkit,
            "libcudnn.so.9", python),
        found.found());
    assertEquals(List.of(), found.missing());
    assertEquals(
        Map.of(
            "LD_LIBRARY_PATH",
            path + ":" + toolkit.getParent() + ":" + python.getParent(),
            "SURPRISAL_USERS_LD_LIBRARY_PATH",
            path),
        found.environment());
    assertEquals(
        List.of(
            "-Dorg.bytedeco.javacpp.platform.linkpath="
                + own.getParent()
                + ":/linked:"
                + toolkit.getParent()
                + ":"
                + python.getParent()),
        found.properties());
  }
}
