// Distillation, and its gradient. With q = softmax(z' / T) of the student, p = softmax(y / T) of the teacher, weight W
// and f what arrives, the loss is W T^2 D + (1 - W) times the cross-entropy, and the gradient f times
//   W T (q_v - p_v)                   for D = KL(p, q)
//   W T q_v (a_v - sum_u q_u a_u)     for the others: a = log(q / p) for KL(q, p), (1 - beta) log(q / m) for
//                                     beta KL(p, m) + (1 - beta) KL(q, m), m = beta p + (1 - beta) q
// plus (1 - W) times that of the cross-entropy. Classes that both have masked add nothing. log(q / p) is taken from the
// depths of both below their peaks, of which only the difference of two constants is known more exactly in double.
//
// The teacher's row is kept on chip beside the student's.
#include "../device/loss/hard_target.cuh"

namespace surprisal {
namespace {
struct Teacher {
  const float* logits;
  const int32_t* targets;  // optional
  int ignored;
  int kind;
  float beta;
  float cool;  // 1 / T
  float log_beta;
  float log_other;  // 1 - beta
  double weight;
  double temperature;
};

// Both softmaxes, in all threads.
struct Softened {
  float inverse;  // of the sum of all terms of the student
  float rest;     // the part of all but the most probable class
  float teacher_inverse;
  float teacher_rest;
  float teacher_max;
  float shift;  // log q - log p less the difference of depths
};

// log(e^a + e^b)
__device__ __forceinline__ float log_of_sum(float a, float b) {
  return fmaxf(a, b) + log1pf(expf(-fabsf(a - b)));
}

class Divergence : public HardTarget {
 public:
  using Arguments = Teacher;
  static constexpr bool kSurveys = true;
  static constexpr bool kCompanion = true;

  struct Factors {
    float hard;
    float at_target;
    float soft;
    float center;
  };

  struct Shared {
    Exchange<Peak> student, teacher;
    Exchange<double> of_student, of_teacher;
    Softened softened;
  };

  __device__ __forceinline__ explicit Divergence(const Teacher& teacher)
      : HardTarget(teacher.targets, teacher.ignored), teacher_(teacher) {}

  __device__ __forceinline__ const float* companion() const {
    return teacher_.logits;
  }

  template <class View>
  __device__ __forceinline__ void survey(const View& view, Shared* shared) {
    y_ = view.companion.data();
    first_ = view.first;
    float cool = teacher_.cool;
    Peak student = view.peak, teacher = no_peak(cool);
    if (cool != 1) {
      student = peak_of(view.group, view.count, view.peak.stretch * cool, [&](unsigned i) { return view.at(i); });
      student = checked(view.group.agree(student, &shared->student, no_peak(view.peak.stretch * cool)));
    }
    teacher = peak_of(view.group, view.count, cool, [&](unsigned i) { return y_[i]; });
    teacher = checked(view.group.agree(teacher, &shared->teacher, no_peak(cool)));
    if (view.group.leads()) {
      double inverse = 1 / (1 + student.rest), teacher_inverse = 1 / (1 + teacher.rest);
      shift_ = log1p(teacher.rest) - log1p(student.rest);
      softened_ = {float(inverse),
                   float(student.rest * inverse),
                   float(teacher_inverse),
                   float(teacher.rest * teacher_inverse),
                   teacher.max,
                   float(shift_)};
    }
    softened_ = view.group.share(softened_, &shared->softened);
    if (teacher_.kind != SURPRISAL_DIVERGENCE_KL) {
      of_student_ = view.sum(&shared->of_student, [&](unsigned i) {
        Pair pair = at(i, view.depth(i));
        return pair.q == 0 ? 0 : pair.q * excess(pair);
      });
    }
    if (teacher_.kind != SURPRISAL_DIVERGENCE_REVERSE_KL) {
      of_teacher_ = view.sum(&shared->of_teacher, [&](unsigned i) {
        Pair pair = at(i, view.depth(i));
        if (pair.p == 0) return 0.0f;
        if (teacher_.kind == SURPRISAL_DIVERGENCE_KL) return -pair.p * pair.difference;
        float log = pair.difference + softened_.shift;
        return -teacher_.beta * pair.p * log_of_sum(teacher_.log_beta, teacher_.log_other + log);
      });
    }
  }

  __device__ __forceinline__ Factors factors(Peak peak, double factor) const {
    double hard = 1 - teacher_.weight, soft = factor * teacher_.weight * teacher_.temperature;
    if (hard == 0) return {0, 0, float(soft), float(of_student_)};
    double inverse = 1 / (1 + peak.rest);
    return {float(factor * hard * inverse), float(-factor * hard * others(peak) * inverse), float(soft),
            float(of_student_)};
  }

  __device__ __forceinline__ float gradient(const Factors& factors, unsigned v, float e, float d) const {
    float hard = v == target() ? factors.at_target : e * factors.hard;
    if (factors.soft == 0) return hard;
    Pair pair = at(v - first_, d);
    if (teacher_.kind == SURPRISAL_DIVERGENCE_KL) {
      // Where both are almost certain, of what they leave to the others.
      bool both = pair.most && pair.teachers_most;
      return hard + factors.soft * (both ? softened_.teacher_rest - softened_.rest : pair.q - pair.p);
    }
    return pair.q == 0 ? hard : hard + factors.soft * (pair.q * (excess(pair) - factors.center));
  }

  __device__ __forceinline__ double loss(Peak peak) const {
    double loss = 0;
    if (teacher_.weight < 1) loss += (1 - teacher_.weight) * (log1p(peak.rest) - depth(peak));
    if (teacher_.weight > 0) {
      double shift = teacher_.kind == SURPRISAL_DIVERGENCE_KL           ? -shift_
                     : teacher_.kind == SURPRISAL_DIVERGENCE_REVERSE_KL ? shift_
                                                                        : 0;
      loss += teacher_.weight * teacher_.temperature * teacher_.temperature * (of_student_ + of_teacher_ + shift);
    }
    return loss;
  }

 private:
  struct Pair {
    float q, p;
    float difference;  // of the depths, log(q / p) less the shift
    bool most, teachers_most;
  };

  __device__ __forceinline__ Pair at(unsigned i, float d) const {
    float mine = d * teacher_.cool, teachers = (y_[i] - softened_.teacher_max) * teacher_.cool;
    return {expf(mine) * softened_.inverse, expf(teachers) * softened_.teacher_inverse, mine - teachers, d == 0,
            teachers == 0};
  }

  // a_v, or for KL(q, p) that less the shift, which its mean has not either; q is not 0.
  __device__ __forceinline__ float excess(const Pair& pair) const {
    if (teacher_.kind == SURPRISAL_DIVERGENCE_REVERSE_KL) return pair.difference;
    float log = pair.difference + softened_.shift;
    return -(1 - teacher_.beta) * log_of_sum(teacher_.log_beta - log, teacher_.log_other);
  }

  const Teacher& teacher_;
  const float* y_ = nullptr;
  unsigned first_ = 0;
  Softened softened_ = {};
  double shift_ = 0;       // in leaders, as what follows
  double of_student_ = 0;  // the sum of q a
  double of_teacher_ = 0;
};
}  // namespace
}  // namespace surprisal

extern "C" int surprisal_divergence(const surprisal_loss_rows* rows, const float* teacher, const int32_t* targets,
                                    void*, int32_t ignore_index, int kind, float beta, float temperature, float weight,
                                    const surprisal_stream* stream) {
  using namespace surprisal;
  bool with_classes = rows->log_probability != nullptr || rows->correct != nullptr || weight != 1;
  if (targets == nullptr && with_classes)
    return invalid("divergence", "expected targets, which the options need, found NULL");
  if (!(temperature > 0 && weight >= 0 && weight <= 1 && beta > 0 && beta < 1) || kind < SURPRISAL_DIVERGENCE_KL ||
      kind > SURPRISAL_DIVERGENCE_JENSEN_SHANNON) {
    return invalid("divergence",
                   "expected a kind of 0 to 2, beta in (0, 1), a temperature above 0 and a weight in [0, 1], found %d, "
                   "%g, %g and %g",
                   kind, double(beta), double(temperature), double(weight));
  }
  int status = check_rows("divergence", *rows, targets, ignore_index, stream);
  if (status != SURPRISAL_SUCCESS) return status;
  Teacher of = {teacher,         targets,    ignore_index,  kind,   beta,
                1 / temperature, logf(beta), log1pf(-beta), weight, temperature};
  return launch_rows<Divergence>("divergence", *rows, of, stream);
}
