package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One thing to measure: an operation at a shape.
 *
 * @param operation what
 * @param shape the operation's sizes, in its order
 * @param type of the operands: {@code float32}, {@code tf32} (float32 in memory, rounded in
 *     products) or {@code bfloat16}
 * @param variant what else tells it from others, such as a loss or a cell; null for none
 */
public record Case(
    Operation operation,
    Map<String, Long> shape,
    String type,
    @JsonInclude(JsonInclude.Include.NON_NULL) String variant) {
  private static final List<String> TYPES = List.of("float32", "tf32", "bfloat16");

  /** Checks that the shape is one of the operation's, and that there is such a type. */
  @JsonCreator
  public Case(
      @JsonProperty("operation") Operation operation,
      @JsonProperty("shape") Map<String, Long> shape,
      @JsonProperty("type") String type,
      @JsonProperty("variant") String variant) {
    if (!List.copyOf(shape.keySet()).equals(operation.sizes())
        || shape.values().stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          operation.text()
              + " takes sizes "
              + operation.sizes()
              + " of 1 or more in this order, found "
              + shape);
    }
    if (!TYPES.contains(type)) {
      throw new IllegalArgumentException("a type is one of " + TYPES + ", found '" + type + "'");
    }
    this.operation = operation;
    this.shape = Collections.unmodifiableMap(new LinkedHashMap<>(shape));
    this.type = type;
    this.variant = variant;
  }

  /** A case of float32. */
  public static Case of(Operation operation, long... sizes) {
    if (sizes.length != operation.sizes().size()) {
      throw new IllegalArgumentException(
          operation.text() + " takes " + operation.sizes() + ", found " + sizes.length + " sizes");
    }
    Map<String, Long> shape = new LinkedHashMap<>();
    for (int i = 0; i < sizes.length; i++) {
      shape.put(operation.sizes().get(i), sizes[i]);
    }
    return new Case(operation, shape, "float32", null);
  }

  /** The same with operands of another type. */
  public Case ofType(String other) {
    return new Case(operation, shape, other, variant);
  }

  /** The same in another variant. */
  public Case variant(String other) {
    return new Case(operation, shape, type, other);
  }

  /** One of the sizes. */
  public long size(String name) {
    Long size = shape.get(name);
    if (size == null) {
      throw new IllegalArgumentException(operation.text() + " has no size " + name);
    }
    return size;
  }

  /** One of the sizes, of a case whose sizes are ints. */
  public int intSize(String name) {
    return Math.toIntExact(size(name));
  }

  /** The bytes of an operand's element. */
  public int elementBytes() {
    return type.equals("bfloat16") ? 2 : 4;
  }

  /** The fewest bytes that any implementation moves; 0 where the time does not follow from them. */
  public double bytes() {
    return operation.bytes(this);
  }

  /** The fewest floating-point operations; 0 where the time does not follow from them. */
  public double flops() {
    return operation.flops(this);
  }

  /** The same for the same case in every run: {@code cross_entropy N=8192 V=32768 float32}. */
  @Override
  public String toString() {
    String sizes =
        shape.entrySet().stream()
            .map(size -> size.getKey() + "=" + size.getValue())
            .collect(Collectors.joining(" "));
    return operation.text() + (variant == null ? "" : ":" + variant) + " " + sizes + " " + type;
  }
}
