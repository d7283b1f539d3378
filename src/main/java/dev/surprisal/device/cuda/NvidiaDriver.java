package dev.surprisal.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** NVIDIA's driver on a Linux system, examined without loading any of it. */
final class NvidiaDriver {
  private static final Pattern VERSION = Pattern.compile("Kernel Module.*?\\s(\\d+\\.[\\d.]+)\\s");
  private static final String LIBRARY = "libcuda.so.1";
  private static final List<String> FOLDERS =
      List.of(
          "usr/lib/x86_64-linux-gnu",
          "usr/lib64",
          "usr/lib/wsl/lib",
          "usr/local/nvidia/lib64",
          "usr/lib");

  private final Path root;
  private final String libraryPath;

  /** Takes the root of the file system and the value of LD_LIBRARY_PATH, or null. */
  NvidiaDriver(Path root, String libraryPath) {
    this.root = root;
    this.libraryPath = libraryPath == null ? "" : libraryPath;
  }

  /** Returns the oldest version that a release of CUDA works with, by NVIDIA's release notes. */
  static String neededFor(int cudaMajor) {
    return cudaMajor <= 12 ? "525.60.13" : "580.65.06";
  }

  /** Returns the version of the loaded kernel module, as in 570.86.15. */
  Optional<String> version() {
    try {
      String text = Files.readString(root.resolve("proc/driver/nvidia/version"));
      Matcher matcher = VERSION.matcher(text);
      return Optional.of(matcher.find() ? matcher.group(1) : "unknown");
    } catch (IOException absent) {
      return Optional.empty();
    }
  }

  /** Finds the driver's library. */
  Optional<Path> library() {
    Stream<Path> named =
        Stream.of(libraryPath.split(":")).filter(part -> !part.isEmpty()).map(Path::of);
    return Stream.concat(named, FOLDERS.stream().map(root::resolve))
        .map(folder -> folder.resolve(LIBRARY))
        .filter(Files::exists)
        .findFirst();
  }
}
