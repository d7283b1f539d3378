package dev.surprisal.benchmarks.peers;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the peers' own programs: in a folder {@code peers} beside this class's jar or above it, as
 * in benchmarks/peers.
 */
final class PeerFiles {
  private static final int LEVELS = 4;

  private PeerFiles() {}

  /** Finds a file or folder of the peers. */
  static Optional<Path> find(String name) {
    Path folder = home();
    for (int level = 0; level < LEVELS && folder != null; level++) {
      Path candidate = folder.resolve("peers").resolve(name);
      if (Files.exists(candidate)) {
        return Optional.of(candidate);
      }
      folder = folder.getParent();
    }
    return Optional.empty();
  }

  /** Describes a missing file or folder. */
  static String missing(String name) {
    return "there is no peers/" + name + " beside " + home() + " or above it";
  }

  private static Path home() {
    try {
      return Path.of(PeerFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getParent();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
