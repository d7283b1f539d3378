package dev.surprisal.benchmarks.jmh;

import dev.surprisal.benchmarks.ours.StepShape;
import dev.surprisal.benchmarks.ours.SyntheticText;
import dev.surprisal.device.AdamOptions;
import dev.surprisal.device.Arena;
import dev.surprisal.device.Cell;
import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Kernels;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.nn.HeadConfig;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Parameters;
import dev.surprisal.nn.RecurrentConfig;
import dev.surprisal.optim.Adam;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The operations that a training step is made of, one by one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KernelBenchmark {
  /** V, E, H, B and T. */
  @Param("10000x200x200x20x35")
  public String shape;

  private Device device;
  private Kernels kernels;
  private Network network;
  private Arena arena;
  private CrossEntropy loss;
  private Adam adam;
  private RecurrentWeights recurrentWeights;
  private RecurrentWeights rnnGradients;
  private Tensor embeddingWeight;
  private Tensor gradEmbeddingWeight;
  private Tensor linearWeight;
  private Tensor linearBias;
  private Tensor gradLinearWeight;
  private Tensor gradLinearBias;
  private Tensor tokens;
  private Tensor embedded;
  private Tensor gradEmbedded;
  private Tensor state;
  private Tensor finalState;
  private Tensor hidden;
  private Tensor gradHidden;
  private Tensor reserve;
  private Tensor logits;

  /** Allocates the operands of all operations and fills them with random numbers. */
  @Setup
  public void open() {
    StepShape sizes = StepShape.parse(shape);
    device = Device.cpu();
    kernels = device.kernels();
    network =
        new Network(
            device,
            sizes.vocabulary(),
            sizes.embed(),
            RecurrentConfig.tanh(sizes.hidden()),
            HeadConfig.PROJECTION);
    network.initialise(1);
    Parameters parameters = network.parameters();
    kernels.uniform(-0.01f, 0.01f, 2, 0, parameters.gradients());
    arena = new Arena(device);
    loss =
        new CrossEntropy(
            device, sizes.rows(), sizes.vocabulary(), CrossEntropyOptions.PLAIN, LossSettings.MEAN);
    adam = new Adam(parameters, 1e-3, AdamOptions.DEFAULT);
    recurrentWeights = recurrentWeights(parameters::value);
    rnnGradients = recurrentWeights(parameters::gradient);
    embeddingWeight = parameters.value("embedding.weight");
    gradEmbeddingWeight = parameters.gradient("embedding.weight");
    linearWeight = parameters.value("linear.weight");
    linearBias = parameters.value("linear.bias");
    gradLinearWeight = parameters.gradient("linear.weight");
    gradLinearBias = parameters.gradient("linear.bias");
    tokens = arena.allocate(DType.INT32, sizes.rows());
    SyntheticText text = new SyntheticText(sizes.vocabulary(), sizes.rows());
    tokens.write(text.inputs());
    loss.targets().write(text.targets());
    embedded = random(sizes.batch(), sizes.window(), sizes.embed());
    gradEmbedded = random(sizes.batch(), sizes.window(), sizes.embed());
    state = random(sizes.batch(), sizes.hidden());
    finalState = random(sizes.batch(), sizes.hidden());
    hidden = random(sizes.batch(), sizes.window(), sizes.hidden());
    gradHidden = random(sizes.batch(), sizes.window(), sizes.hidden());
    reserve = random(sizes.batch(), sizes.window(), sizes.hidden());
    logits = random(sizes.rows(), sizes.vocabulary());
  }

  private static RecurrentWeights recurrentWeights(Function<String, Tensor> tensors) {
    return new RecurrentWeights(
        tensors.apply("rnn.weight_ih_l0"),
        tensors.apply("rnn.weight_hh_l0"),
        tensors.apply("rnn.bias_ih_l0"),
        tensors.apply("rnn.bias_hh_l0"));
  }

  private Tensor random(long... sizes) {
    Tensor tensor = arena.allocate(DType.FLOAT32, sizes);
    kernels.uniform(-0.5f, 0.5f, 3, 0, tensor);
    return tensor;
  }

  /** Gives everything back. */
  @TearDown
  public void close() {
    adam.close();
    loss.close();
    arena.close();
    network.close();
    device.close();
  }

  /** Looks up the rows of N tokens. */
  @Benchmark
  public void embedding() {
    kernels.gatherRows(embeddingWeight, tokens, embedded);
  }

  /** Sums the gradients of N rows into [V, E]. */
  @Benchmark
  public void embeddingBackward() {
    kernels.addRows(tokens, gradEmbedded, -1, false, gradEmbeddingWeight);
  }

  /** T steps of the recurrent layer. */
  @Benchmark
  public void rnn() {
    kernels.recurrent(
        Cell.TANH,
        recurrentWeights,
        embedded,
        new RecurrentState(state),
        reserve,
        hidden,
        new RecurrentState(finalState));
  }

  /** T steps back, with all gradients. */
  @Benchmark
  public void rnnBackward() {
    kernels.recurrentBackward(
        Cell.TANH,
        recurrentWeights,
        embedded,
        new RecurrentState(state),
        hidden,
        gradHidden,
        null,
        false,
        reserve,
        rnnGradients,
        gradEmbedded,
        null);
  }

  /** [N, H] to [N, V]. */
  @Benchmark
  public void linear() {
    kernels.linear(linearWeight, linearBias, hidden, logits);
  }

  /** Two products of the size of {@link #linear}'s, and the sum over N for the bias. */
  @Benchmark
  public void linearBackward() {
    kernels.linearBackward(
        linearWeight, hidden, logits, false, gradLinearWeight, gradLinearBias, gradHidden);
  }

  /** The loss of [N, V], and its gradient in place: each call takes the last one's for logits. */
  @Benchmark
  public void crossEntropy() {
    loss.forwardBackward(logits, null, false, logits);
  }

  /** One step over all parameters. */
  @Benchmark
  public void adam() {
    adam.step();
  }
}
