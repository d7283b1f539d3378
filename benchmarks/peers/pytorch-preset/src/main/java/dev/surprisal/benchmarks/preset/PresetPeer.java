package dev.surprisal.benchmarks.preset;

import dev.surprisal.benchmarks.measure.Answer;
import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.measure.Contestant;
import dev.surprisal.benchmarks.measure.Effort;
import dev.surprisal.benchmarks.measure.Meter;
import dev.surprisal.benchmarks.measure.Operation;
import dev.surprisal.benchmarks.measure.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * Training steps by PyTorch in this process, on the CPU. Its products are OpenBLAS's, of which
 * there is one in a process: it has as many threads as processors while this is measured, and as
 * many as before between cases.
 */
public final class PresetPeer implements Contestant {
  private static final String NAME = "pytorch-javacpp";
  private static final String WAITING = "OMP_WAIT_POLICY";

  private final String version;

  /**
   * Loads it.
   *
   * @throws IllegalStateException if its threads would spin while they wait
   */
  public PresetPeer() {
    if (!"PASSIVE".equalsIgnoreCase(System.getenv(WAITING))) {
      throw new IllegalStateException(
          "its threads would spin while they wait, and take the processors from their own"
              + " work: start Java with "
              + WAITING
              + "=PASSIVE");
    }
    Loader.load(torch.class);
    version = version() + ", " + torch.get_num_threads() + " threads, " + WAITING + "=PASSIVE";
  }

  private static String version() {
    try (InputStream version = PresetPeer.class.getResourceAsStream("version.txt")) {
      return new String(version.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, String> environment() {
    return Map.of(NAME, version);
  }

  @Override
  public Answer time(Case which, Effort effort) {
    if (which.operation() != Operation.TRAINING_STEP) {
      return new Answer.Refusal("is measured by training steps alone");
    }
    if (!which.type().equals("float32")) {
      return new Answer.Refusal("is measured in float32 alone");
    }
    int threads = openblas_nolapack.blas_get_num_threads();
    openblas_nolapack.blas_set_num_threads(Runtime.getRuntime().availableProcessors());
    try (TrainingStep step = new TrainingStep(which)) {
      return Meter.ofCalls(effort).time(run -> step.run());
    } catch (RefusedException refused) {
      return new Answer.Refusal(refused.getMessage());
    } finally {
      openblas_nolapack.blas_set_num_threads(threads);
    }
  }

  /** Holds nothing between cases. */
  @Override
  public void close() {}
}
