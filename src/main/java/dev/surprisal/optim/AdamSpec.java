package dev.surprisal.optim;

import dev.surprisal.device.AdamOptions;
import dev.surprisal.nn.Parameters;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The choice of {@link Adam}.
 *
 * @param schedule the learning rate of each step
 * @param options Adam's constants; a finite {@code maxNorm} clips the gradients
 */
public record AdamSpec(Schedule schedule, AdamOptions options) implements OptimizerSpec {
  @Override
  public Optimizer create(Parameters parameters) {
    return new Adam(parameters, schedule.rate(0), options);
  }

  @Override
  public Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put(
        "optimizer",
        "Adam, beta1 "
            + options.beta1()
            + ", beta2 "
            + options.beta2()
            + ", eps "
            + options.eps()
            + ", weight decay "
            + options.weightDecay());
    identity.put("learning rate", schedule.toString());
    boolean clips = options.maxNorm() != Double.POSITIVE_INFINITY;
    identity.put("clipping norm", Double.toString(clips ? options.maxNorm() : 0));
    return identity;
  }
}
