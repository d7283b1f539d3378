package dev.surprisal.nn;

import dev.surprisal.device.Arena;
import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All parameters of a model in one flat tensor and all gradients in another, so that an optimiser
 * updates them in one operation. A parameter starts at a multiple of 16 elements; the padding
 * between parameters stays zero.
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
   * @param device owns the memory
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
   * Returns the device that holds them.
   *
   * @return the device
   */
  public Device device() {
    return arena.device();
  }

  /**
   * Returns the names in the order of declaration.
   *
   * @return an unmodifiable list
   */
  public List<String> names() {
    return Collections.unmodifiableList(specs.stream().map(ParameterSpec::name).toList());
  }

  /**
   * Returns one parameter.
   *
   * @param name its name
   * @return a slice of {@link #values}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor value(String name) {
    return slice(values, name);
  }

  /**
   * Returns one parameter's gradient.
   *
   * @param name its name
   * @return a slice of {@link #gradients}
   * @throws IllegalArgumentException if there is none of that name
   */
  public Tensor gradient(String name) {
    return slice(gradients, name);
  }

  /**
   * Returns the part of a flat tensor that belongs to one parameter, for an optimiser's state.
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
   * Returns the number of a parameter, which is also the stream of its initial random numbers.
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
   * Returns all parameters.
   *
   * @return flat, [P]
   */
  public Tensor values() {
    return values;
  }

  /**
   * Returns all gradients.
   *
   * @return flat, [P]
   */
  public Tensor gradients() {
    return gradients;
  }

  /**
   * Returns the number of trained values.
   *
   * @return the number without padding
   */
  public long count() {
    return specs.stream().mapToLong(spec -> spec.shape().elements()).sum();
  }

  @Override
  public void close() {
    arena.close();
  }
}
