package dev.surprisal;

import dev.surprisal.device.Device;
import dev.surprisal.device.SampleOptions;
import dev.surprisal.nn.Network;
import dev.surprisal.text.Tokens;
import dev.surprisal.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A recurrent language model: a vocabulary, sizes and a network. It gives p(token | history), and
 * with it evaluates and scores texts and generates them.
 *
 * <p>Not thread-safe; one thread at a time uses a model and its device.
 */
public final class LanguageModel implements AutoCloseable {
  private final Vocabulary vocabulary;
  private final ModelConfig config;
  private final Network network;

  LanguageModel(Vocabulary vocabulary, ModelConfig config, Network network) {
    this.vocabulary = vocabulary;
    this.config = config;
    this.network = network;
  }

  /**
   * Creates an untrained model with PyTorch's initialisation.
   *
   * @param device computes the model
   * @param vocabulary its tokens
   * @param config its layers and their sizes
   * @param seed of the random parameters
   * @return a model that the caller closes
   * @throws IllegalArgumentException if the vocabulary does not fit the last layer
   */
  public static LanguageModel create(
      Device device, Vocabulary vocabulary, ModelConfig config, long seed) {
    Network network =
        new Network(device, vocabulary.size(), config.embed(), config.recurrent(), config.head());
    network.initialise(seed);
    return new LanguageModel(vocabulary, config, network);
  }

  /**
   * Loads a model from the folder of a training run.
   *
   * @param folder with config.json, vocab.json and model.safetensors
   * @param device computes the model
   * @return a model that the caller closes
   * @throws IOException if a file is missing, damaged or does not fit the others
   */
  public static LanguageModel load(Path folder, Device device) throws IOException {
    return ModelFolder.load(folder, device);
  }

  /**
   * Writes config.json, vocab.json and model.safetensors; PyTorch loads the last one. A file is
   * replaced only after its whole successor is on the disk.
   *
   * @param folder is created if it does not exist
   * @throws IOException if a file cannot be written; the previous file stays intact
   */
  public void save(Path folder) throws IOException {
    ModelFolder.save(this, folder);
  }

  /**
   * Evaluates a text as one stream: the state starts at zero and is carried to the end. Every token
   * but the first is predicted.
   *
   * @param text at least two tokens
   * @return the mean surprisal
   * @throws IllegalArgumentException if there are fewer tokens
   */
  public Evaluation evaluate(Tokens text) {
    return Evaluator.evaluate(network, text);
  }

  /**
   * Generates a continuation of a text.
   *
   * @param prompt the beginning; if empty, the text starts after a line end
   * @param length the number of tokens to draw
   * @param options temperature and filters
   * @param seed of the draws; the same seed gives the same text
   * @return the text after the prompt
   * @throws IllegalArgumentException if the prompt has a token outside the vocabulary, or is empty
   *     and the vocabulary has no line end
   */
  public String generate(String prompt, int length, SampleOptions options, long seed) {
    return Generator.generate(this, prompt, length, options, seed);
  }

  /**
   * Computes the log-probability of each line independently: of its tokens and the line end, after
   * a line end.
   *
   * @param lines without line ends
   * @return one score per line, in the same order
   * @throws IllegalArgumentException if a line has a token outside the vocabulary, or the
   *     vocabulary has no line end
   */
  public List<Score> score(List<String> lines) {
    return Scorer.score(this, lines);
  }

  /**
   * Returns the vocabulary.
   *
   * @return the tokens of the model
   */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Returns the configuration.
   *
   * @return embedding and hidden size, last layer
   */
  public ModelConfig config() {
    return config;
  }

  /**
   * Returns the layers and their parameters.
   *
   * @return the network
   */
  public Network network() {
    return network;
  }

  /**
   * Returns the device that computes the model.
   *
   * @return the device
   */
  public Device device() {
    return network.device();
  }

  /** Releases the memory of the parameters; the device stays open. */
  @Override
  public void close() {
    network.close();
  }
}
