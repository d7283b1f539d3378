package dev.surprisal;

import dev.surprisal.device.Device;
import dev.surprisal.nn.Parameters;
import dev.surprisal.oracle.CrossEntropyOracle;
import dev.surprisal.oracle.LanguageModelOracle;
import dev.surprisal.oracle.Samples;
import dev.surprisal.text.Tokenizers;
import dev.surprisal.text.Vocabulary;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small models with random parameters, and what the oracle says they predict. */
final class ModelSamples {
  private ModelSamples() {}

  /** A vocabulary of characters, numbered in the order given. */
  static Vocabulary characters(String characters) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    characters.codePoints().forEach(c -> ids.put(Character.toString(c), ids.size()));
    return Vocabulary.fromMap(Tokenizers.CHARACTERS, ids);
  }

  /** A vocabulary of this many words, the two special ones among them. */
  static Vocabulary words(int size) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    ids.put("<unk>", 0);
    ids.put("<eos>", 1);
    while (ids.size() < size) {
      ids.put("w" + ids.size(), ids.size());
    }
    return Vocabulary.fromMap(Tokenizers.WORDS, ids);
  }

  static LanguageModel model(Device device, String characters, int embed, int hidden) {
    return LanguageModel.create(device, characters(characters), new ModelConfig(embed, hidden), 1);
  }

  static Map<String, double[]> parameters(LanguageModel model) {
    Parameters parameters = model.network().parameters();
    Map<String, double[]> values = new LinkedHashMap<>();
    for (String name : parameters.names()) {
      values.put(name, Samples.doubles(parameters.value(name).toFloats()));
    }
    return values;
  }

  /** The oracle's surprisal of every token but the first, in nats. */
  static double[] surprisals(LanguageModel model, int... text) {
    int[] targets = Arrays.copyOfRange(text, 1, text.length);
    return CrossEntropyOracle.hard(
            logits(model, Arrays.copyOf(text, targets.length)),
            targets,
            model.vocabulary().size(),
            CrossEntropyOracle.Options.of(CrossEntropyOracle.Reduction.NONE),
            new double[] {1})
        .loss();
  }

  /** The oracle's logits after each token, [T, V]. */
  static double[] logits(LanguageModel model, int... tokens) {
    LanguageModelOracle.Shape shape =
        new LanguageModelOracle.Shape(
            1,
            tokens.length,
            model.vocabulary().size(),
            model.config().embed(),
            model.config().hidden(),
            model.config().recurrent().layers());
    return LanguageModelOracle.pass(
            parameters(model),
            tokens,
            new int[tokens.length],
            new double[model.config().recurrent().layers() * model.config().hidden()],
            shape)
        .activations()
        .logits();
  }
}
