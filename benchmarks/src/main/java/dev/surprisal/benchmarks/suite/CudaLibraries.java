package dev.surprisal.benchmarks.suite;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds CUDA's libraries: where the dynamic linker looks anyway, else in a toolkit's folder, else
 * in a Python environment.
 */
final class CudaLibraries {
  /** By the versions that the Java binding was linked against. */
  static final List<String> NEEDED =
      List.of("libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcudnn.so.9");

  /** In a toolkit's folder. */
  private static final List<String> IN_TOOLKIT = List.of("lib64", "targets/x86_64-linux/lib");

  /** So long may a command take that says where it looks. */
  private static final int SECONDS = 20;

  private static final String PATH_VARIABLE = "LD_LIBRARY_PATH";

  /** What benchmarks/bundle/python3 gives PyTorch back. */
  private static final String USERS_PATH_VARIABLE = "SURPRISAL_USERS_LD_LIBRARY_PATH";

  private final List<Path> own;
  private final Map<String, Path> found = new LinkedHashMap<>();
  private final Set<Path> added = new LinkedHashSet<>();

  /**
   * Looks for them.
   *
   * @param root of the file system
   * @param libraryPath the value of LD_LIBRARY_PATH, or null
   * @param linkerCache what {@code ldconfig -p} prints
   * @param sitePackages where a Python keeps its packages
   */
  CudaLibraries(Path root, String libraryPath, List<String> linkerCache, List<Path> sitePackages) {
    own = folders(libraryPath);
    List<Path> others = new ArrayList<>();
    List<Path> toolkits = new ArrayList<>(entries(root.resolve("usr/local"), "cuda*"));
    toolkits.add(root.resolve("opt/cuda"));
    for (Path toolkit : toolkits) {
      IN_TOOLKIT.forEach(folder -> others.add(toolkit.resolve(folder)));
    }
    for (Path packages : sitePackages) {
      entries(packages.resolve("nvidia"), "*").forEach(part -> others.add(part.resolve("lib")));
    }
    for (String name : NEEDED) {
      Path known =
          in(own, name)
              .or(() -> linkerCache.stream().flatMap(line -> cached(line, name)).findFirst())
              .orElse(null);
      if (known == null) {
        known = in(others, name).orElse(null);
        if (known != null) {
          added.add(known.getParent());
        }
      }
      if (known != null) {
        found.put(name, known);
      }
    }
  }

  /** Looks for them here, and asks {@code ldconfig} and {@code python3} where they look. */
  static CudaLibraries ofThisMachine() throws InterruptedException {
    List<String> cache = new ArrayList<>();
    for (String ldconfig : List.of("ldconfig", "/usr/sbin/ldconfig", "/sbin/ldconfig")) {
      if (cache.isEmpty()) {
        cache.addAll(Answers.of(SECONDS, List.of(ldconfig, "-p")));
      }
    }
    List<Path> packages =
        Answers.of(SECONDS, List.of("python3", "-c", "import sys; print(*sys.path, sep='\\n')"))
            .stream()
            .filter(line -> !line.isBlank())
            .map(Path::of)
            .toList();
    return new CudaLibraries(Path.of("/"), System.getenv(PATH_VARIABLE), cache, packages);
  }

  /** By the library's name; without those that were not found. */
  Map<String, Path> found() {
    return found;
  }

  List<String> missing() {
    return NEEDED.stream().filter(name -> !found.containsKey(name)).toList();
  }

  /**
   * The environment in which a process finds all of them. The earlier path is kept for {@code
   * python3}.
   */
  Map<String, String> environment() {
    return Map.of(
        PATH_VARIABLE, joined(Stream.concat(own.stream(), added.stream())),
        USERS_PATH_VARIABLE, joined(own.stream()));
  }

  /** The options that make JavaCPP, which searches in its own order, load the libraries found. */
  List<String> properties() {
    String folders = joined(found.values().stream().map(Path::getParent).distinct());
    return folders.isEmpty()
        ? List.of()
        : List.of("-Dorg.bytedeco.javacpp.platform.linkpath=" + folders);
  }

  private static String joined(Stream<Path> folders) {
    return folders.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static List<Path> folders(String libraryPath) {
    return libraryPath == null
        ? List.of()
        : Stream.of(libraryPath.split(File.pathSeparator))
            .filter(part -> !part.isEmpty())
            .map(Path::of)
            .toList();
  }

  private static Optional<Path> in(List<Path> folders, String name) {
    return folders.stream().map(folder -> folder.resolve(name)).filter(Files::exists).findFirst();
  }

  /** Of a line such as {@code libcudart.so.13 (libc6,x86-64) => /usr/lib/libcudart.so.13}. */
  private static Stream<Path> cached(String line, String name) {
    String[] parts = line.strip().split(" => ", 2);
    return parts.length == 2 && parts[0].startsWith(name + " ") && parts[0].contains("x86-64")
        ? Stream.of(Path.of(parts[1]))
        : Stream.empty();
  }

  /** What is in a folder by names of a pattern; the newest version first. */
  private static List<Path> entries(Path folder, String pattern) {
    List<Path> entries = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
        stream.forEach(entries::add);
      } catch (IOException unreadable) {
        // As if it were empty.
      }
    }
    entries.sort(Comparator.reverseOrder());
    return entries;
  }
}
