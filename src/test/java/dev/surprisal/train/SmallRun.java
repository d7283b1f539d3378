package dev.surprisal.train;

import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import dev.surprisal.text.Corpus;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A run of a small model: device, model and trainer are its own, as those of a process would be.
 */
final class SmallRun implements AutoCloseable {
  static final ModelConfig SIZES = new ModelConfig(5, 12);

  /** 15 steps an epoch on 500 characters, 45 in all. */
  static final TrainingOptions OPTIONS = options().build();

  static final long STEPS_PER_EPOCH = 15;

  final Recorder recorder = new Recorder();
  final Device device;
  final LanguageModel model;
  final Trainer trainer;

  SmallRun(Corpus corpus, TrainingOptions options, Path folder) {
    this(corpus, options, folder, SIZES, 1, 1);
  }

  SmallRun(
      Corpus corpus,
      TrainingOptions options,
      Path folder,
      ModelConfig sizes,
      long seed,
      int threads) {
    device = Device.cpu(threads);
    model = LanguageModel.create(device, corpus.vocabulary(), sizes, seed);
    trainer = new Trainer(model, corpus, options).listen(recorder);
    if (folder != null) {
      trainer.folder(folder);
    }
  }

  static TrainingOptions.Builder options() {
    return TrainingOptions.builder().batch(4).window(8).learningRate(5e-3).clip(1).epochs(3);
  }

  /** A run that goes on from the folder; its own model's parameters have no part in it. */
  static SmallRun resumed(Corpus corpus, TrainingOptions options, Path folder, int threads) {
    SmallRun run = new SmallRun(corpus, options, folder, SIZES, 99, threads);
    run.trainer.resume();
    return run;
  }

  SmallRun stopAfter(long step) {
    recorder.afterStep(step, trainer::stop);
    return this;
  }

  /** Makes a parameter NaN: the step after next will have a loss of NaN. */
  SmallRun poisonAfter(long step) {
    Tensor bias = model.network().parameters().value("linear.bias").slice(0, 1);
    recorder.afterStep(step, () -> bias.write(Float.NaN));
    return this;
  }

  float[] parameters() {
    return model.network().parameters().values().toFloats();
  }

  TrainingResult train() throws IOException {
    return trainer.run();
  }

  @Override
  public void close() {
    model.close();
    device.close();
  }
}
