package dev.surprisal.benchmarks.preset;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.ours.SyntheticText;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.RNNImpl;
import org.bytedeco.pytorch.RNNOptions;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** The reference model and its training, by PyTorch's classes. */
final class TrainingStep implements AutoCloseable {
  private static final double LEARNING_RATE = 1e-3;

  /** Closes all that outlives a step. */
  private final PointerScope scope = new PointerScope();

  private final SyntheticText text;
  private final long vocabulary;
  private final long batch;
  private final long window;
  private final EmbeddingImpl embedding;
  private final RNNImpl rnn;
  private final LinearImpl linear;
  private final Adam adam;
  private final Tensor state;

  TrainingStep(Case which) {
    vocabulary = which.size("V");
    batch = which.size("B");
    window = which.size("T");
    long embed = which.size("E");
    long hidden = which.size("H");
    text = new SyntheticText(which.intSize("V"), Math.toIntExact(batch * window));
    torch.manual_seed(1);
    embedding = new EmbeddingImpl(vocabulary, embed);
    RNNOptions options = new RNNOptions(embed, hidden);
    options.batch_first().put(true);
    rnn = new RNNImpl(options);
    linear = new LinearImpl(hidden, vocabulary);
    TensorVector parameters = new TensorVector();
    for (Module module : new Module[] {embedding, rnn, linear}) {
      TensorVector own = module.parameters();
      for (long i = 0; i < own.size(); i++) {
        parameters.push_back(own.get(i));
      }
    }
    adam = new Adam(parameters, new AdamOptions(LEARNING_RATE));
    state = torch.zeros(1, batch, hidden);
  }

  /** Does one whole step, and returns its loss in nats per token. */
  float run() {
    PointerScope step = new PointerScope();
    try {
      text.advance();
      Tensor inputs = tokens(text.inputs()).view(batch, window);
      Tensor targets = tokens(text.targets());
      T_TensorTensor_T output = rnn.forward(embedding.forward(inputs), state);
      Tensor logits = linear.forward(output.get0()).view(batch * window, vocabulary);
      Tensor loss = torch.cross_entropy_loss(logits, targets);
      adam.zero_grad();
      loss.backward();
      adam.step();
      state.copy_(output.get1().detach());
      return loss.item_float();
    } finally {
      step.close();
    }
  }

  private static Tensor tokens(int[] of) {
    return torch.tensor(Arrays.stream(of).asLongStream().toArray());
  }

  @Override
  public void close() {
    scope.close();
  }
}
