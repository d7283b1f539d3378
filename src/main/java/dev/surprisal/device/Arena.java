package dev.surprisal.device;

import java.util.ArrayList;
import java.util.List;

/** Tensors that live and die together: what a layer needs for one shape of input, for example. */
public final class Arena implements AutoCloseable {
  private final Device device;
  private final List<Tensor> tensors = new ArrayList<>();

  /**
   * An empty arena.
   *
   * @param device where its tensors are
   */
  public Arena(Device device) {
    this.device = device;
  }

  /**
   * The device of this arena's tensors.
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
   * @return the tensor; it is not closed by itself
   * @throws DeviceOutOfMemoryException if the device has not so much memory left
   */
  public Tensor allocate(DType type, long... sizes) {
    Tensor tensor = device.allocate(type, sizes);
    tensors.add(tensor);
    return tensor.view(sizes);
  }

  /**
   * The memory that this arena holds.
   *
   * @return bytes
   */
  public long bytes() {
    return tensors.stream().mapToLong(Tensor::bytes).sum();
  }

  /**
   * Gives all memory back. Using one of the tensors afterwards is an error; closing twice is not.
   */
  @Override
  public void close() {
    tensors.forEach(Tensor::close);
    tensors.clear();
  }
}
