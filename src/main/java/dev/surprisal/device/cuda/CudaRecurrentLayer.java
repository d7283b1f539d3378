package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_CELL_TANH;

import dev.surprisal.device.Cell;
import dev.surprisal.device.RecurrentState;
import dev.surprisal.device.RecurrentWeights;
import dev.surprisal.device.Tensor;
import dev.surprisal.device.cuda.binding.surprisal_recurrent_gradients;
import dev.surprisal.device.cuda.binding.surprisal_recurrent_layer;
import dev.surprisal.device.cuda.binding.surprisal_recurrent_state;

/** A recurrent layer as the library takes it; one for all calls, so that none allocates. */
final class CudaRecurrentLayer {
  private final CudaDevice device;
  private final surprisal_recurrent_layer layer = new surprisal_recurrent_layer();
  private final surprisal_recurrent_gradients gradients = new surprisal_recurrent_gradients();
  // Views of the structs' members.
  private final surprisal_recurrent_state initialState = layer.initial_state();
  private final surprisal_recurrent_state finalState = layer.final_state();
  private final surprisal_recurrent_state gradFinalState = gradients.grad_final_state();
  private final surprisal_recurrent_state gradInitialState = gradients.grad_initial_state();

  CudaRecurrentLayer(CudaDevice device) {
    this.device = device;
  }

  /** Fills the layer; valid until the next call. The backward pass has no {@code last} state. */
  surprisal_recurrent_layer layer(
      String operation,
      Cell cell,
      RecurrentWeights weights,
      RecurrentState initial,
      Tensor reserve,
      Tensor output,
      RecurrentState last) {
    layer.cell(code(cell));
    layer.weight_hh(device.address(weights.weightHh()));
    layer.bias_ih(device.address(weights.biasIh()));
    layer.bias_hh(device.address(weights.biasHh()));
    fill(initialState, initial);
    layer.reserve(device.address(reserve));
    layer.output(device.address(output));
    fill(finalState, last);
    layer.batch(output.shape().size(0));
    layer.window(output.shape().size(1));
    layer.hidden(CudaKernels.toInt(operation, "a hidden size", output.shape().size(2)));
    return layer;
  }

  /** Fills the gradients; valid until the next call. {@code previous} is an address. */
  surprisal_recurrent_gradients gradients(
      Tensor gradOutput, RecurrentState gradFinal, long previous, RecurrentState gradInitial) {
    gradients.grad_output(device.address(gradOutput));
    fill(gradFinalState, gradFinal);
    gradients.previous(previous);
    fill(gradInitialState, gradInitial);
    return gradients;
  }

  /** Returns the cell's {@code surprisal_cell}. */
  static int code(Cell cell) {
    return switch (cell) {
      case TANH -> SURPRISAL_CELL_TANH;
    };
  }

  private void fill(surprisal_recurrent_state struct, RecurrentState state) {
    struct.hidden(device.address(state == null ? null : state.hidden()));
    struct.cell(device.address(state == null ? null : state.cell()));
  }
}
