package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.Distillation;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Pass;
import java.util.LinkedHashMap;
import java.util.Map;

/** A distillation loss, whose teacher reads the same tokens and carries its own state. */
final class DistillationObjective extends TokenObjective {
  private final Pass teacher;

  DistillationObjective(
      Projected loss, Distillation distillation, LanguageModel model, LossContext context) {
    super(loss, distillation.targets());
    try {
      teacher = model.network().inference(context.batch(), context.window());
    } catch (RuntimeException failure) {
      super.close();
      throw failure;
    }
    distillation.teacher(model.network().head(), teacher.hidden());
  }

  @Override
  public void write(int[] inputs, int[] next, boolean carriesState) {
    super.write(inputs, next, carriesState);
    if (!carriesState) {
      teacher.resetState();
    }
    teacher.tokens().write(inputs);
  }

  @Override
  public void compute(Pass pass) {
    teacher.forward();
    super.compute(pass);
    teacher.carryState();
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    teacher.state().tensors().forEach((name, tensor) -> state.put("loss_" + name, tensor));
    return state;
  }

  @Override
  void forward(Pass pass) {
    teacher.forward();
    super.forward(pass);
    teacher.carryState();
  }

  @Override
  public void close() {
    teacher.close();
    super.close();
  }
}
