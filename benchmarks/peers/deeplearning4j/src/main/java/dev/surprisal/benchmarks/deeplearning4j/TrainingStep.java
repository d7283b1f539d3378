package dev.surprisal.benchmarks.deeplearning4j;

import dev.surprisal.benchmarks.measure.Case;
import dev.surprisal.benchmarks.ours.SyntheticText;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/**
 * The reference model of the benchmarks by Deeplearning4j: embedding, tanh layer, projection,
 * cross-entropy, Adam. Two things differ: its layer has one bias where PyTorch's has two, and
 * between calls of {@code fit} it does not carry the state over.
 */
final class TrainingStep {
  private final SyntheticText text;
  private final int batch;
  private final int window;
  private final MultiLayerNetwork network;

  TrainingStep(Case which) {
    int vocabulary = which.intSize("V");
    int embed = which.intSize("E");
    int hidden = which.intSize("H");
    batch = which.intSize("B");
    window = which.intSize("T");
    text = new SyntheticText(vocabulary, batch * window);
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .weightInit(WeightInit.XAVIER)
            .updater(new Adam(1e-3))
            .list()
            .layer(
                new EmbeddingSequenceLayer.Builder()
                    .nIn(vocabulary)
                    .nOut(embed)
                    .inputLength(window)
                    .outputDataFormat(RNNFormat.NCW)
                    .activation(Activation.IDENTITY)
                    .build())
            .layer(
                new SimpleRnn.Builder()
                    .nIn(embed)
                    .nOut(hidden)
                    .activation(Activation.TANH)
                    .dataFormat(RNNFormat.NCW)
                    .build())
            .layer(
                new RnnOutputLayer.Builder(new LossSparseMCXENT())
                    .nIn(hidden)
                    .nOut(vocabulary)
                    .activation(Activation.SOFTMAX)
                    .dataFormat(RNNFormat.NCW)
                    .build())
            .build();
    network = new MultiLayerNetwork(configuration);
    network.init();
  }

  /** Does one whole step, and returns its loss as Deeplearning4j counts it. */
  double run() {
    text.advance();
    try (INDArray inputs = tokens(text.inputs());
        INDArray targets = tokens(text.targets())) {
      network.fit(inputs, targets);
      return network.score();
    }
  }

  /** [B, 1, T]. */
  private INDArray tokens(int[] of) {
    float[] values = new float[of.length];
    for (int i = 0; i < of.length; i++) {
      values[i] = of[i];
    }
    return Nd4j.createFromArray(values).reshape(batch, 1, window);
  }
}
