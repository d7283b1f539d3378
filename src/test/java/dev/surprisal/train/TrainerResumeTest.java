package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run in parts gives what a run in one piece gives, to the last bit. */
class TrainerResumeTest {
  @TempDir Path texts;
  @TempDir Path parent;
  private Corpus corpus;
  private Path whole;
  private Path parts;

  @BeforeEach
  void read_the_text() throws IOException {
    corpus = SmallCorpus.markov(texts);
    whole = parent.resolve("whole");
    parts = parent.resolve("parts");
  }

  @AfterEach
  void close_the_corpus() {
    corpus.close();
  }

  /** Ways to train. */
  enum Kind {
    CARRIED_STATE(SmallRun.options()),
    SHUFFLED_WINDOWS(SmallRun.options().shuffled(true).seed(5)),
    STEPS_THAT_END_AMID_AN_EPOCH(SmallRun.options().steps(40)),
    NO_CLIPPING(SmallRun.options().clip(0)),
    TIGHT_CLIPPING(SmallRun.options().clip(0.1)),
    PATIENCE(SmallRun.options().patience(2)),
    SMOOTHED(SmallRun.options().loss(LossSpec.parse("cross-entropy:smoothing=0.1,chunk=5"))),
    SAMPLES(SmallRun.options().loss(LossSpec.parse("sampled-softmax:samples=3"))),
    NOISE(SmallRun.options().loss(LossSpec.parse("nce:samples=3,sampler=log-uniform"))),
    REPETITION(SmallRun.options().loss(LossSpec.parse("unlikelihood:context=3")));

    private final TrainingOptions options;

    Kind(TrainingOptions.Builder options) {
      this.options = options.build();
    }
  }

  // A run stops one step after it was told to, but at the end of an epoch, which has 15 steps.
  @ParameterizedTest
  @ValueSource(longs = {1, 13, 14, 15, 16, 31, 44, 45})
  void a_run_that_is_stopped_anywhere_and_resumed_has_every_bit_of_one_that_is_not(long stop)
      throws IOException {
    assertPartsAreTheWhole(SmallRun.OPTIONS, stop);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void a_run_that_is_stopped_often_has_every_bit_of_one_that_is_not(Kind kind) throws IOException {
    assertPartsAreTheWhole(kind.options, 1, 3, 5, 7, 20, 29, 30, 37);
  }

  private void assertPartsAreTheWhole(TrainingOptions options, long... stops) throws IOException {
    Map<Long, Double> losses = new TreeMap<>();
    List<Long> epochs = new ArrayList<>();
    try (SmallRun run = new SmallRun(corpus, options, parts).stopAfter(stops[0])) {
      take(run, losses, epochs);
    }
    for (int part = 1; part <= stops.length; part++) {
      try (SmallRun run = SmallRun.resumed(corpus, options, parts, part % 3 + 1)) {
        if (part < stops.length) {
          run.stopAfter(stops[part]);
        }
        take(run, losses, epochs);
      }
    }
    try (SmallRun run = new SmallRun(corpus, options, whole)) {
      run.train();
      assertEquals(run.recorder.losses, losses);
      assertEquals(run.recorder.epochs.stream().map(EpochMetrics::epoch).toList(), epochs);
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(parts));
  }

  private static void take(SmallRun run, Map<Long, Double> losses, List<Long> epochs)
      throws IOException {
    long before = losses.size();
    run.train();
    assertTrue(run.recorder.start.step() == before, run.recorder.start.toString());
    assertTrue(run.recorder.start.epoch() == before / 15, run.recorder.start.toString());
    run.recorder.losses.forEach((step, loss) -> assertNull(losses.put(step, loss)));
    run.recorder.epochs.forEach(epoch -> epochs.add(epoch.epoch()));
  }

  @Test
  void a_run_of_steps_goes_on_with_more_steps_as_if_they_had_been_asked_for_at_once()
      throws IOException {
    Map<Long, Double> losses = new TreeMap<>();
    try (SmallRun run = new SmallRun(corpus, SmallRun.options().steps(1).build(), parts)) {
      run.train();
      losses.putAll(run.recorder.losses);
    }
    for (long steps : new long[] {7, 20, 45}) {
      try (SmallRun run =
          SmallRun.resumed(corpus, SmallRun.options().steps(steps).build(), parts, 2)) {
        assertEquals(TrainingResult.End.COMPLETED, run.train().end());
        losses.putAll(run.recorder.losses);
      }
    }
    try (SmallRun run = new SmallRun(corpus, SmallRun.options().steps(45).build(), whole)) {
      run.train();
      assertEquals(run.recorder.losses, losses);
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(parts));
  }

  @Test
  void an_epoch_that_steps_cut_short_uses_up_no_patience() throws IOException {
    Path otherTexts = Files.createDirectory(texts.resolve("misleading"));
    TrainingOptions.Builder impatient = SmallRun.options().learningRate(2e-2).patience(1);
    TrainingOptions long1000 = impatient.steps(1000).build();
    try (Corpus misleading = SmallCorpus.misleading(otherTexts)) {
      long best;
      try (SmallRun run = new SmallRun(misleading, long1000, whole)) {
        best = run.train().steps() - SmallRun.STEPS_PER_EPOCH;
      }
      try (SmallRun run = new SmallRun(misleading, impatient.steps(best + 2).build(), parts)) {
        assertEquals(TrainingResult.End.COMPLETED, run.train().end());
        assertFalse(run.recorder.epochs.get(run.recorder.epochs.size() - 1).best());
      }
      try (SmallRun run = SmallRun.resumed(misleading, long1000, parts, 1)) {
        assertEquals(TrainingResult.End.CONVERGED, run.train().end());
      }
      assertEquals(RunFiles.of(whole), RunFiles.of(parts));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void the_number_of_threads_changes_no_bit(int threads) throws IOException {
    try (SmallRun one = new SmallRun(corpus, SmallRun.OPTIONS, whole);
        SmallRun several =
            new SmallRun(corpus, SmallRun.OPTIONS, parts, SmallRun.SIZES, 1, threads)) {
      one.train();
      several.train();
      assertEquals(one.recorder.losses, several.recorder.losses);
    }
    assertEquals(RunFiles.of(whole), RunFiles.of(parts));
  }

  @Test
  void resuming_a_finished_run_does_nothing_but_load_it() throws IOException {
    TrainingResult result;
    float[] parameters;
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, whole)) {
      result = run.train();
      parameters = run.parameters();
    }
    Map<String, ByteBuffer> before = RunFiles.bytes(whole);
    try (SmallRun run = SmallRun.resumed(corpus, SmallRun.OPTIONS, whole, 1)) {
      assertEquals(result, run.train());
      assertArrayEquals(parameters, run.parameters());
      assertEquals(2, run.recorder.events.size(), run.recorder.events.toString());
    }
    assertEquals(before, RunFiles.bytes(whole));
  }

  @Test
  void in_a_new_folder_there_is_nothing_to_resume_and_the_run_begins() throws IOException {
    try (SmallRun run = new SmallRun(corpus, SmallRun.OPTIONS, parts)) {
      assertFalse(run.trainer.resume());
      run.train();
      assertEquals(45, run.recorder.losses.size());
      assertTrue(run.trainer.resume());
    }
  }
}
