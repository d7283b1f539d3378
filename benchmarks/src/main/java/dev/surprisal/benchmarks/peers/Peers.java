package dev.surprisal.benchmarks.peers;

import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.device.DeviceException;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The peers that Surprisal is measured beside. */
public final class Peers {
  /** Importing PyTorch from a cold disk, or compiling a training step, takes a minute or so. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<Contestant> found = new ArrayList<>();
  private final Consumer<String> absent;
  private String missing;

  private Peers(Consumer<String> absent) {
    this.absent = absent;
  }

  /**
   * Starts the peers that this machine has for a device.
   *
   * @param device {@code cpu}, or as in {@code cuda:0}
   * @param python the command of a Python that has PyTorch; null for none
   * @param absent receives a line for each missing peer, with the reason
   * @return the peers, which the caller closes
   */
  public static List<Contestant> open(String device, String python, Consumer<String> absent) {
    Peers peers = new Peers(absent);
    peers.python(device, python);
    if (device.equals("cpu")) {
      peers.deeplearning4j();
      peers.services();
    }
    if (device.startsWith("cuda:")) {
      int index = Integer.parseInt(device.substring("cuda:".length()));
      peers.preset("cublas", () -> new CublasPeer(index));
      peers.preset("cudnn", () -> new CudnnPeer(index));
    }
    return List.copyOf(peers.found);
  }

  private void python(String device, String python) {
    Optional<Path> program = PeerFiles.find("peer.py");
    if (python == null) {
      absent.accept("pytorch: no Python was named that has it");
    } else if (program.isEmpty()) {
      absent.accept("pytorch: " + PeerFiles.missing("peer.py"));
    } else {
      process(
          "pytorch", List.of(python, "-B", program.get().toString(), "--device", device), Map.of());
    }
  }

  /** Built on demand, with a JavaCPP of its own. */
  private void deeplearning4j() {
    String build = "deeplearning4j/target";
    Optional<Path> jar = PeerFiles.find(build + "/deeplearning4j-peer.jar");
    if (jar.isEmpty()) {
      absent.accept(
          "deeplearning4j: "
              + PeerFiles.missing(build)
              + ": build it with benchmarks/build -Ppeers");
      return;
    }
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String libraries = jar.get().resolveSibling("lib").resolve("*").toString();
    process(
        "deeplearning4j",
        List.of(
            java,
            "-cp",
            jar.get() + File.pathSeparator + libraries,
            "dev.surprisal.benchmarks.deeplearning4j.Peer"),
        // Its threads otherwise spin while they wait, which costs it many times its work.
        Map.of("OMP_WAIT_POLICY", "PASSIVE"));
  }

  /** Finds peers that a jar on the class path brings: PyTorch in this process. */
  private void services() {
    List<ServiceLoader.Provider<Contestant>> providers =
        ServiceLoader.load(Contestant.class).stream().toList();
    if (providers.isEmpty()) {
      absent.accept(
          "pytorch-javacpp: it is not on the class path: build it with benchmarks/build -Ppeers");
    }
    for (ServiceLoader.Provider<Contestant> provider : providers) {
      try {
        found.add(provider.get());
      } catch (ServiceConfigurationError | LinkageError failure) {
        absent.accept("pytorch-javacpp: " + words(failure));
      }
    }
  }

  /** A library of CUDA's that may not be there: touched once, and never again if it is not. */
  private void preset(String peer, Supplier<Contestant> opening) {
    try {
      found.add(opening.get());
    } catch (NoClassDefFoundError again) {
      missing = missing == null ? words(again) : missing;
      absent.accept(peer + ": " + missing);
    } catch (LinkageError | DeviceException failure) {
      missing = words(failure);
      absent.accept(peer + ": " + missing);
    }
  }

  /** Of the innermost cause, which names the library; without the path of the one that needs it. */
  private static String words(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause().getMessage() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return message.replaceFirst("^/\\S+: (?=lib)", "");
  }

  /** Starts a program and adds its peers, or reports the given peer as absent. */
  private void process(String peer, List<String> command, Map<String, String> settings) {
    PeerProcess process = new PeerProcess(command, settings, PATIENCE);
    try {
      PeerProcess.Hello hello = process.start();
      hello
          .peers()
          .forEach((name, version) -> found.add(new ProcessContestant(name, version, process)));
      hello.absent().forEach((name, why) -> absent.accept(name + ": " + why));
    } catch (PeerFailure failure) {
      absent.accept(peer + ": " + command.get(0) + " " + failure.getMessage());
    }
  }
}
