package dev.surprisal;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import dev.surprisal.text.Vocabulary;

/** Draws tokens one by one, each from the model's distribution given the previous tokens. */
final class Generator {
  private Generator() {}

  static String generate(
      LanguageModel model, String prompt, int length, SampleOptions options, long seed) {
    if (length < 0) {
      throw new IllegalArgumentException("a length is 0 or more, found " + length);
    }
    Network network = model.network();
    int[] context = context(model.vocabulary(), prompt);
    int[] drawn = new int[length];
    try (Pass pass = network.inference(1, 1);
        Arena arena = new Arena(network.device())) {
      Tensor logits = arena.allocate(DType.FLOAT32, 1, network.vocabularySize());
      for (int token : context) {
        pass.tokens().write(token);
        pass.forward();
        pass.carryState();
      }
      for (int i = 0; i < length; i++) {
        network.head().logits(pass.hidden(), logits);
        network.device().kernels().sample(logits, options, seed, i, pass.tokens());
        drawn[i] = pass.tokens().toInts()[0];
        pass.forward();
        pass.carryState();
      }
    }
    return model.vocabulary().decode(drawn);
  }

  private static int[] context(Vocabulary vocabulary, String prompt) {
    int[] ids = vocabulary.encode(prompt);
    if (ids.length > 0) {
      return ids;
    }
    int boundary =
        vocabulary
            .boundary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "this model has seen no line end to begin after: give a prompt"));
    return new int[] {boundary};
  }
}
