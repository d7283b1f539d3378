package dev.surprisal.train;

import java.util.ArrayList;
import java.util.List;

/** Several listeners that are called as one, in the order in which they were added. */
final class Listeners implements TrainingListener {
  private final List<TrainingListener> all = new ArrayList<>();

  void add(TrainingListener listener) {
    all.add(listener);
  }

  @Override
  public void onStart(TrainingStart start) {
    all.forEach(listener -> listener.onStart(start));
  }

  @Override
  public void onStep(StepMetrics step) {
    all.forEach(listener -> listener.onStep(step));
  }

  @Override
  public void onEpoch(EpochMetrics epoch) {
    all.forEach(listener -> listener.onEpoch(epoch));
  }

  @Override
  public void onEnd(TrainingResult result) {
    all.forEach(listener -> listener.onEnd(result));
  }
}
