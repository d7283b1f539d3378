package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All parameters of a model and their gradients, each kind in one flat tensor, so that an optimiser
 * handles them in one operation. A parameter starts at a multiple of 16 elements; what lies between
 * is zero and stays so.
 */
public final class Parameters implements AutoCloseable {
  private static final long ALIGNMENT = 16;

  private final Arena arena;
  private final List<ParameterSpec> specs;
  private final List<Long> places = new ArrayList<>();
  private final Tensor values;
  private final Tensor gradients;

  /**
   * Allocates parameters, all zero, and their gradients.
   *
   * @param device where
   * @param specs names, all different, and shapes
   * @throws IllegalArgumentException if a name occurs twice
   */
  public Parameters(Device device, List<ParameterSpec> specs) {
    this.specs = List.copyOf(specs);
    long size = 0;
    for (ParameterSpec spec : specs) {
      if (specs.stream().filter(other -> other.name().equals(spec.name())).count() > 1) {
        throw new IllegalArgumentException("two parameters are called " + spec.name());
      }
      places.add(size);
      size += (spec.shape().elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    arena = new Arena(device);
    try {
      values = arena.allocate(DType.FLOAT32, size);
      gradients = arena.allocate(DType.FLOAT32, size);
    } catch (RuntimeException failure) {
      arena.close();
      throw failure;
    }
  }

  /**
   * The device that holds them.
   *
   * @return the device
   */
  public Device device() {
    return arena.device();
  }

  /**
   * The names in the order they were declared in.
   *
   * @return an unmodifiable list
   */
  public List<String> names() {
    return Collections.unmodifiableList(specs.stream().map(ParameterSpec::name).toList());
  }

  /**
   * One parameter.
   *
   * @param name its name
   * @return a slice of {@link #values}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor value(String name) {
    return slice(values, name);
  }

  /**
   * One parameter's gradient.
   *
   * @param name its name
   * @return a slice of {@link #gradients}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor gradient(String name) {
    return slice(gradients, name);
  }

  /**
   * The part of a flat tensor that belongs to one parameter; for an optimiser's own state.
   *
   * @param flat as long as {@link #values}
   * @param name the parameter's name
   * @return a slice of the parameter's shape
   * @throws IllegalArgumentException if there is none of that name or the length differs
   */
  public Tensor slice(Tensor flat, String name) {
    if (flat.elements() != values.elements()) {
      throw new IllegalArgumentException(
          "expected " + values.elements() + " elements, found " + flat.shape());
    }
    int index = index(name);
    return flat.slice(places.get(index), specs.get(index).shape().toArray());
  }

  /**
   * Which parameter a name is; its random numbers come from the stream of that number.
   *
   * @param name the name
   * @return its place in {@link #names}
   * @throws IllegalArgumentException if there is none of that name
   */
  public int index(String name) {
    int index = names().indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "no parameter is called " + name + "; there are " + names());
    }
    return index;
  }

  /**
   * All parameters.
   *
   * @return flat, [P]
   */
  public Tensor values() {
    return values;
  }

  /**
   * All gradients.
   *
   * @return flat, [P]
   */
  public Tensor gradients() {
    return gradients;
  }

  /**
   * The number of trained values.
   *
   * @return without what lies between parameters
   */
  public long count() {
    return specs.stream().mapToLong(spec -> spec.shape().elements()).sum();
  }

  @Override
  public void close() {
    arena.close();
  }
}
