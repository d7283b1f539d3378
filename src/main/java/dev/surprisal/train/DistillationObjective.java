package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.loss.Distillation;
import dev.surprisal.loss.Projected;
import dev.surprisal.nn.Pass;
import dev.surprisal.nn.State;

/** Learning from a teacher, which reads the same tokens and carries a state of its own. */
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
  public State state() {
    return teacher.state();
  }

  @Override
  public void forward(Pass pass) {
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
