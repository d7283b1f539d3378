package dev.surprisal.device;

import java.util.ArrayList;
import java.util.List;

/** Tensors that are closed together: a layer's activations for one shape of input, for example. */
public final class Arena implements AutoCloseable {
  private final Device device;
  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * Creates an empty arena.
   *
   * @param device holds its tensors
   */
  public Arena(Device device) {
    this.device = device;
  }

  /**
   * Returns the device of this arena's tensors.
   *
   * @return the device
   */
  public Device device() {
    return device;
  }

  /**
   * Allocates a tensor of zeros that lives until this arena is closed.
   *
   * @param type the element type
   * @param sizes the shape
   * @return the tensor, which only the arena closes
   * @throws DeviceOutOfMemoryException if the device has too little free memory
   */
  public Tensor allocate(DType type, long... sizes) {
    Tensor tensor = device.allocate(type, sizes);
    tensors.add(tensor);
    return tensor.view(sizes);
  }

  /**
   * Returns the memory that this arena holds.
   *
   * @return bytes
   */
  public long bytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /** Closes all tensors. Using one of them afterwards is an error; a second call does nothing. */
  @Override
  public void close() {
    tensors.forEach(Tensor::close);
    tensors.clear();
  }
}
