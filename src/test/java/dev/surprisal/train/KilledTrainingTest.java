package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that trains is killed in the middle, over and over. */
class KilledTrainingTest {
  private static final TrainingOptions OPTIONS =
      TrainingOptions.builder().batch(4).window(8).learningRate(5e-3).epochs(20).build();
  private static final int STEPS = 300;
  private static final int KILLS = 5;

  @TempDir Path folder;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void the_run_ends_as_one_that_was_never_killed() throws Exception {
    Path killed = folder.resolve("killed");
    Random random = new Random(1);
    for (int kill = 0; kill < KILLS; kill++) {
      killWhileTraining(killed, 1 + random.nextInt(50), random.nextInt(10));
    }
    Path whole = folder.resolve("whole");
    try (Corpus corpus = SmallCorpus.markov(Files.createDirectory(folder.resolve("texts")));
        SmallRun resumed = SmallRun.resumed(corpus, OPTIONS, killed, 1);
        SmallRun uninterrupted = new SmallRun(corpus, OPTIONS, whole)) {
      resumed.train();
      uninterrupted.train();
      assertTrue(resumed.recorder.start.step() > 0, "no process has come to a checkpoint");
      assertTrue(resumed.recorder.start.step() < STEPS, "no process was killed");
      resumed.recorder.losses.forEach(
          (step, loss) -> assertEquals(uninterrupted.recorder.losses.get(step), loss));
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(killed));
  }

  private void killWhileTraining(Path run, int steps, int milliseconds) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Training.class.getName(),
                run.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream output = process.getInputStream()) {
      assertEquals(steps, output.readNBytes(steps).length, "the process ended by itself");
      Thread.sleep(milliseconds);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Goes on with the run in a folder, and tells each step. */
  static final class Training {
    public static void main(String[] arguments) throws IOException {
      Path texts = Files.createTempDirectory(Path.of(arguments[0]).getParent(), "texts");
      try (Corpus corpus = SmallCorpus.markov(texts);
          SmallRun run = new SmallRun(corpus, OPTIONS, Path.of(arguments[0]))) {
        run.trainer.resume();
        run.trainer.listen(
            new TrainingListener() {
              @Override
              public void onStep(StepMetrics step) {
                System.out.print('.');
                System.out.flush();
              }
            });
        run.train();
      }
    }
  }
}
