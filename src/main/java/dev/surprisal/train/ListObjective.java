package dev.surprisal.train;

import dev.surprisal.device.CrossEntropyOptions;
import dev.surprisal.device.SequenceOptions;
import dev.surprisal.device.Tensor;
import dev.surprisal.loss.CrossEntropy;
import dev.surprisal.loss.LossSettings;
import dev.surprisal.loss.NBestList;
import dev.surprisal.loss.Projected;
import dev.surprisal.loss.SequenceLoss;
import dev.surprisal.nn.Network;
import dev.surprisal.nn.Pass;
import java.util.List;

/** A loss of n-best lists, whose number and sizes change from step to step. */
final class ListObjective implements Objective {
  private final CrossEntropy tokenLoss;
  private final SequenceLoss loss;

  ListObjective(Network network, int tokens, SequenceOptions options) {
    tokenLoss =
        new CrossEntropy(
            network.device(),
            tokens,
            network.vocabularySize(),
            CrossEntropyOptions.PLAIN,
            LossSettings.NONE);
    loss =
        new SequenceLoss(network.device(), new Projected(tokenLoss, network.projection()), options);
  }

  /**
   * Writes the lists of a batch.
   *
   * @param lists one or more
   * @param places where each hypothesis starts among the tokens, list by list
   */
  void write(List<NBestList> lists, int[] places) {
    loss.write(lists, places);
  }

  @Override
  public void write(int[] inputs, int[] targets, boolean carriesState) {
    tokenLoss.targets().write(targets);
  }

  @Override
  public void compute(Pass pass) {
    loss.forwardBackward(pass.hidden(), false, pass.gradHidden());
  }

  @Override
  public Tensor total() {
    return loss.total();
  }

  @Override
  public boolean repeats() {
    return false;
  }

  @Override
  public void close() {
    loss.close();
  }
}
