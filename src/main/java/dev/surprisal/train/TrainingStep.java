package dev.surprisal.train;

import dev.surprisal.device.Device;
import dev.surprisal.device.Readback;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Pass;
import dev.surprisal.optim.Optimizer;
import dev.surprisal.optim.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of training for batches of one shape: forward, loss, backward, optimiser. A step
 * allocates nothing.
 */
final class TrainingStep implements AutoCloseable {
  private final Pass pass;
  private final Objective objective;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final Readback losses;
  private final Recording recording;
  private long issued;
  private double rate;

  /**
   * A step that works on what the caller made and closes after it.
   *
   * @param optimizer at the schedule's first rate
   */
  TrainingStep(
      Device device, Pass pass, Objective objective, Optimizer optimizer, Schedule schedule) {
    this.pass = pass;
    this.objective = objective;
    this.optimizer = optimizer;
    this.schedule = schedule;
    rate = schedule.rate(0);
    losses = device.readback(objective.total());
    recording = objective.repeats() ? device.recording(this::compute) : null;
  }

  /** Issues a step; its loss is the next that {@link #losses} returns. */
  void run(int[] inputIds, int[] targetIds, boolean carriesState) {
    setRate(schedule.rate(issued));
    pass.step(issued);
    issued++;
    if (!carriesState) {
      pass.resetState();
    }
    pass.tokens().write(inputIds);
    objective.write(inputIds, targetIds, carriesState);
    if (recording == null) {
      compute();
    } else {
      recording.run();
    }
    losses.request();
  }

  /** Writes a rate to the device if it is a new one. */
  private void setRate(double newRate) {
    if (newRate != rate) {
      optimizer.learningRate(newRate);
      rate = newRate;
    }
  }

  /** Issues what is the same in every step; what changes from step to step lives in tensors. */
  private void compute() {
    pass.forward();
    objective.compute(pass);
    pass.backward(false);
    optimizer.step();
    pass.carryState();
  }

  Readback losses() {
    return losses;
  }

  /** What the next step starts from, besides the parameters, by its names in a checkpoint. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(optimizer.state());
    state.putAll(pass.state().tensors());
    state.putAll(objective.state());
    return state;
  }

  /** Continues as if so many steps had been done. */
  void resume(long steps) {
    issued = steps;
    objective.resume(steps);
  }

  @Override
  public void close() {
    if (recording != null) {
      recording.close();
    }
    losses.close();
  }
}
