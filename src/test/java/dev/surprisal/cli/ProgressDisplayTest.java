package dev.surprisal.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.train.EpochMetrics;
import dev.surprisal.train.StepMetrics;
import dev.surprisal.train.TrainingListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import org.junit.jupiter.api.Test;

class ProgressDisplayTest {
  private final List<String> written = new CopyOnWriteArrayList<>();
  private final TrainingListener epochs =
      new TrainingListener() {
        @Override
        public void onEpoch(EpochMetrics metrics) {
          written.add("epoch " + metrics.epoch());
        }
      };

  @Test
  void the_bar_tells_steps_loss_speed_and_time_left() throws InterruptedException {
    try (ProgressDisplay display = display()) {
      display.onStep(new StepMetrics(1, 41, 50, 200, 1.25, 2048));
      for (int i = 0; i < 100 && written.stream().noneMatch(line -> line.contains("41/200")); i++) {
        Thread.sleep(50);
      }
    }
    String bar =
        written.stream().filter(line -> line.contains("41/200")).findFirst().orElse("none");
    assertTrue(bar.contains("loss 1.2500"), bar);
    assertTrue(bar.matches(".*[0-9,]+ tokens/s.*"), bar);
    assertTrue(bar.matches(".*\\(\\d+:\\d\\d:\\d\\d / (\\d+:\\d\\d:\\d\\d|\\?)\\).*"), bar);
  }

  @Test
  void an_epoch_is_printed_on_a_line_that_was_cleared() {
    try (ProgressDisplay display = display()) {
      display.onEpoch(new EpochMetrics(1, 50, 1, 1, 1, 1, 1, true));
    }
    int epoch = written.indexOf("epoch 1");
    assertEquals("", written.get(epoch - 1));
    assertTrue(written.get(epoch - 2).isBlank());
  }

  @Test
  void nothing_is_written_before_the_first_step() {
    display().close();
    assertEquals(List.of(), written);
  }

  @Test
  void there_is_no_bar_where_output_is_no_terminal() {
    assertFalse(ProgressDisplay.isPossible(), "tests have no terminal");
  }

  private ProgressDisplay display() {
    return new ProgressDisplay(epochs, new DelegatingProgressBarConsumer(written::add, 120));
  }
}
