package dev.surprisal.device;

/** Checks of one operand's type, place and shape; the message names operation and operand. */
class Operands {
  private final Device device;

  Operands(Device device) {
    this.device = device;
  }

  void gradient(String operation, String operand, Tensor gradient, Tensor of) {
    if (gradient != null) {
      sameShape(operation, operand, gradient, of);
    }
  }

  void matrix(String operation, String operand, Tensor tensor) {
    floats(operation, operand, tensor);
    twoDimensions(operation, operand, tensor);
  }

  /** Checks a matrix of FLOAT32 or BFLOAT16. */
  void eitherMatrix(String operation, String operand, Tensor tensor) {
    either(operation, operand, tensor);
    twoDimensions(operation, operand, tensor);
  }

  private static void twoDimensions(String operation, String operand, Tensor tensor) {
    if (tensor.shape().rank() != 2) {
      throw new IllegalArgumentException(
          operation + ": expected two dimensions of " + operand + ", found " + tensor.shape());
    }
  }

  // Sizes are single arguments, not an array: a check in a training step must not allocate.

  void shape(String operation, String operand, Tensor tensor, long size) {
    floats(operation, operand, tensor);
    Shape found = tensor.shape();
    if (found.rank() != 1 || found.size(0) != size) {
      throw otherShape(operation, operand, Shape.of(size), found);
    }
  }

  void shape(String operation, String operand, Tensor tensor, long first, long second) {
    floats(operation, operand, tensor);
    Shape found = tensor.shape();
    if (found.rank() != 2 || found.size(0) != first || found.size(1) != second) {
      throw otherShape(operation, operand, Shape.of(first, second), found);
    }
  }

  void shape(String operation, String operand, Tensor tensor, long first, long second, long third) {
    floats(operation, operand, tensor);
    Shape found = tensor.shape();
    if (found.rank() != 3
        || found.size(0) != first
        || found.size(1) != second
        || found.size(2) != third) {
      throw otherShape(operation, operand, Shape.of(first, second, third), found);
    }
  }

  void sameShape(String operation, String operand, Tensor tensor, Tensor as) {
    floats(operation, operand, tensor);
    if (!tensor.shape().equals(as.shape())) {
      throw otherShape(operation, operand, as.shape(), tensor.shape());
    }
  }

  private static IllegalArgumentException otherShape(
      String operation, String operand, Shape expected, Shape found) {
    return new IllegalArgumentException(
        operation + ": expected " + operand + " of shape " + expected + ", found " + found);
  }

  void elements(String operation, String operand, Tensor tensor, long expected) {
    if (tensor.elements() != expected) {
      throw new IllegalArgumentException(
          operation
              + ": expected "
              + expected
              + " elements of "
              + operand
              + ", found "
              + tensor.shape());
    }
  }

  void floats(String operation, String operand, Tensor tensor) {
    typed(operation, operand, tensor, DType.FLOAT32);
  }

  /** Checks for FLOAT32 or BFLOAT16. */
  void either(String operation, String operand, Tensor tensor) {
    if (tensor.type() == DType.BFLOAT16) {
      typed(operation, operand, tensor, DType.BFLOAT16);
    } else if (tensor.type() == DType.FLOAT32) {
      floats(operation, operand, tensor);
    } else {
      throw otherType(operation, operand, tensor, "FLOAT32 or BFLOAT16");
    }
  }

  void sameType(String operation, String operand, Tensor tensor, Tensor as) {
    typed(operation, operand, tensor, as.type());
  }

  void ints(String operation, String operand, Tensor tensor) {
    typed(operation, operand, tensor, DType.INT32);
  }

  void longs(String operation, String operand, Tensor tensor) {
    typed(operation, operand, tensor, DType.INT64);
  }

  void typed(String operation, String operand, Tensor tensor, DType type) {
    if (tensor.type() != type || tensor.device() != device) {
      throw otherType(operation, operand, tensor, type.toString());
    }
    tensor.storage();
  }

  private IllegalArgumentException otherType(
      String operation, String operand, Tensor tensor, String expected) {
    return new IllegalArgumentException(
        operation
            + ": expected "
            + operand
            + " of "
            + expected
            + " on "
            + device
            + ", found "
            + tensor);
  }
}
