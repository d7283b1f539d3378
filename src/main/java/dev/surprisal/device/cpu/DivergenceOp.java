package dev.surprisal.device.cpu;

import dev.surprisal.device.DivergenceOptions;
import dev.surprisal.device.LossRows;
import dev.surprisal.device.Tensor;

/**
 * Distillation. With s = softmax(z′ / T) of the student and p = softmax(y / T) of the teacher, the
 * gradient of a divergence D with respect to z′ / T is s_v − p_v for KL(p, s), and s_v·(a_v − Σ
 * s·a) for the others: a = log(s / p) for KL(s, p), (1 − β)·log(s / m) for Jensen and Shannon's.
 */
final class DivergenceOp extends LossRowsOp {
  private static final int GRADIENT = FREE;
  private static final int TEACHER = FREE + 1;
  private static final int TEACHER_TERMS = FREE + 2;
  private static final int STUDENT_TERMS = FREE + 3;

  private final Floats teacher = new Floats();
  private DivergenceOptions options;

  DivergenceOp(Workers workers) {
    super(workers);
  }

  void run(Tensor newTeacher, Tensor newTargets, DivergenceOptions newOptions, LossRows rows) {
    set(rows);
    targets.set(newTargets, newOptions.ignoreIndex(), classes(), tokens(), rows());
    teacher.set(newTeacher);
    options = newOptions;
    work();
  }

  @Override
  protected void start(int first, int count, Scratch scratch) {
    int size = count * classes();
    float[] y = scratch.block(TEACHER, size);
    teacher.read(first * (long) classes(), y, 0, size);
    float inverse = 1 / options.temperature();
    scratch.teacher.set(y, count, classes(), inverse, scratch.block(TEACHER_TERMS, size), scratch);
    if (inverse != 1) {
      float[] terms = scratch.block(STUDENT_TERMS, size);
      scratch.student.setScaled(scratch.lossRow.softmax, inverse, count, terms, scratch);
    }
  }

  @Override
  protected double value(LossRow row, Scratch scratch) {
    double weight = options.weight();
    double hard = 1 - weight;
    double value = 0;
    row.mass(hard);
    if (hard > 0) {
      value -= hard * row.softmax.logProbability(targets.of(row.token()));
    }
    if (weight > 0) {
      Softmax p = scratch.teacher;
      Softmax s = options.temperature() == 1 ? row.softmax : scratch.student;
      p.select(row.place());
      if (s != row.softmax) {
        s.select(row.place());
      }
      double times = weight * options.temperature();
      value +=
          times
              * options.temperature()
              * divergence(p, s, times, scratch.block(GRADIENT, classes()));
    }
    return value;
  }

  @Override
  protected void gradient(LossRow row, Scratch scratch) {
    float hard = 1 - options.weight();
    float[] p = scratch.block(GRADIENT, classes());
    if (options.weight() > 0) {
      row.p(p, 0);
    }
    if (hard > 0) {
      int target = targets.of(row.token());
      row.p(target, (options.weight() > 0 ? p[target] : 0) + row.mass());
    }
  }

  /** Computes D and −times its gradient. */
  private double divergence(Softmax p, Softmax s, double times, float[] gradient) {
    return switch (options.divergence()) {
      case KULLBACK_LEIBLER -> forward(p, s, times, gradient);
      case REVERSE_KULLBACK_LEIBLER -> reverse(p, s, times, gradient);
      case JENSEN_SHANNON -> between(p, s, times, gradient);
    };
  }

  private double forward(Softmax p, Softmax s, double times, float[] gradient) {
    double value = 0;
    for (int v = 0; v < classes(); v++) {
      double ofP = p.share(v);
      value += ofP == 0 ? 0 : ofP * (p.logProbability(v) - s.logProbability(v));
      gradient[v] = (float) (times * (ofP - s.share(v)));
    }
    int top = p.top();
    gradient[top] = (float) (times * (s.others(top) - p.others(top)));
    top = s.top();
    gradient[top] = (float) (times * (s.others(top) - p.others(top)));
    return value;
  }

  private double reverse(Softmax p, Softmax s, double times, float[] gradient) {
    double mean = 0;
    for (int v = 0; v < classes(); v++) {
      double ofS = s.share(v);
      double a = ofS == 0 ? 0 : s.logProbability(v) - p.logProbability(v);
      mean += ofS * a;
      gradient[v] = (float) a;
    }
    weigh(s, mean, times, gradient);
    return mean;
  }

  /**
   * With r = p / s: log(s / m) = −log(β·r + 1 − β), and log(p / m) = log(s / m) + log r. Uses
   * Math.log, an intrinsic of the virtual machine: two StrictMath calls per class would take most
   * of the time.
   */
  private double between(Softmax p, Softmax s, double times, float[] gradient) {
    double beta = options.beta();
    double value = 0;
    double mean = 0;
    for (int v = 0; v < classes(); v++) {
      double ofP = p.share(v);
      double ofS = s.share(v);
      double ofStudent = ofS == 0 ? 0 : -Math.log(beta * (ofP / ofS) + (1 - beta));
      double ofTeacher = 0;
      if (ofS == 0) {
        ofTeacher = -Math.log(beta);
      } else if (ofP != 0) {
        ofTeacher = ofStudent + (p.logProbability(v) - s.logProbability(v));
      }
      value += beta * ofP * ofTeacher;
      mean += (1 - beta) * ofS * ofStudent;
      gradient[v] = (float) ((1 - beta) * ofStudent);
    }
    weigh(s, mean, times, gradient);
    return value + mean;
  }

  /** Replaces a by −times·s·(a − Σ s·a). */
  private void weigh(Softmax s, double mean, double times, float[] gradient) {
    for (int v = 0; v < classes(); v++) {
      double ofS = s.share(v);
      gradient[v] = ofS == 0 ? 0 : (float) (times * ofS * (mean - gradient[v]));
    }
  }
}
