package dev.surprisal.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Writes down what a run tells, and does something after given steps. */
final class Recorder implements TrainingListener {
  final List<String> events = new ArrayList<>();
  final Map<Long, Double> losses = new TreeMap<>();
  final List<EpochMetrics> epochs = new ArrayList<>();
  TrainingStart start;
  private final Map<Long, List<Runnable>> actions = new TreeMap<>();
  private Consumer<EpochMetrics> atEpoch = epoch -> {};

  /** Does this when the loss of a step is known; the next step has been made by then. */
  Recorder afterStep(long step, Runnable action) {
    actions.computeIfAbsent(step, key -> new ArrayList<>()).add(action);
    return this;
  }

  Recorder atEpoch(Consumer<EpochMetrics> action) {
    atEpoch = action;
    return this;
  }

  @Override
  public void onStart(TrainingStart told) {
    start = told;
    events.add("start " + told);
  }

  @Override
  public void onStep(StepMetrics step) {
    events.add("step " + step.step() + " of epoch " + step.epoch());
    losses.put(step.step(), step.loss());
    actions.getOrDefault(step.step(), List.of()).forEach(Runnable::run);
  }

  @Override
  public void onEpoch(EpochMetrics epoch) {
    events.add("epoch " + epoch.epoch() + " at step " + epoch.step());
    epochs.add(epoch);
    atEpoch.accept(epoch);
  }

  @Override
  public void onEnd(TrainingResult result) {
    events.add("end " + result);
  }
}
