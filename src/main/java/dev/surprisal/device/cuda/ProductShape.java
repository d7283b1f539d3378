package dev.surprisal.device.cuda;

import dev.surprisal.device.DType;

/**
 * The sizes and options of a matrix product C[m, n] = A·B with k terms per sum: all that its time
 * depends on. Mutable, so that issuing a product allocates nothing; {@link Plans} keeps a {@link
 * #copy}.
 */
final class ProductShape {
  private Form form;
  private long m;
  private long n;
  private long k;
  private boolean biased;
  private boolean accumulating;
  private boolean tf32;
  private DType typeA = DType.FLOAT32;
  private DType typeB = DType.FLOAT32;

  /** The operand that is transposed; in the order of {@code surprisal_form}. */
  enum Form {
    /** A [m, k], B [k, n]. */
    NN,
    /** A [m, k], B [n, k]. */
    NT,
    /** A [k, m], B [k, n]. */
    TN
  }

  /** Sets all, with FLOAT32 operands. */
  ProductShape set(
      Form newForm,
      long newM,
      long newN,
      long newK,
      boolean isBiased,
      boolean isAccumulating,
      boolean takesTf32) {
    form = newForm;
    m = newM;
    n = newN;
    k = newK;
    biased = isBiased;
    accumulating = isAccumulating;
    tf32 = takesTf32;
    return types(DType.FLOAT32, DType.FLOAT32);
  }

  /** Sets the types of the operands, FLOAT32 or BFLOAT16. */
  ProductShape types(DType a, DType b) {
    typeA = a;
    typeB = b;
    return this;
  }

  ProductShape copy() {
    return new ProductShape().set(form, m, n, k, biased, accumulating, tf32).types(typeA, typeB);
  }

  Form form() {
    return form;
  }

  /** Returns the number of rows of C. */
  long m() {
    return m;
  }

  /** Returns the number of columns of C. */
  long n() {
    return n;
  }

  /** Returns the number of terms per sum. */
  long k() {
    return k;
  }

  /** Returns whether a bias is added to every row. */
  boolean biased() {
    return biased;
  }

  /** Returns whether the product is added to C. */
  boolean accumulating() {
    return accumulating;
  }

  /** Returns whether operands may be rounded to TF32. */
  boolean tf32() {
    return tf32;
  }

  DType typeA() {
    return typeA;
  }

  DType typeB() {
    return typeB;
  }

  boolean empty() {
    return m == 0 || n == 0 || k == 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProductShape shape
        && form == shape.form
        && m == shape.m
        && n == shape.n
        && k == shape.k
        && biased == shape.biased
        && accumulating == shape.accumulating
        && tf32 == shape.tf32
        && typeA == shape.typeA
        && typeB == shape.typeB;
  }

  @Override
  public int hashCode() {
    long sizes = (m * 31 + n) * 31 + k;
    int options = form.ordinal() * 8 + (biased ? 4 : 0) + (accumulating ? 2 : 0) + (tf32 ? 1 : 0);
    options = options * 2 + (typeA == DType.BFLOAT16 ? 1 : 0);
    options = options * 2 + (typeB == DType.BFLOAT16 ? 1 : 0);
    return Long.hashCode(sizes) * 31 + options;
  }

  /** Returns one word, for the file of plans. */
  @Override
  public String toString() {
    return form
        + "-"
        + m
        + "x"
        + n
        + "x"
        + k
        + (biased ? "-biased" : "")
        + (accumulating ? "-accumulating" : "")
        + (tf32 ? "-tf32" : "")
        + (typeA == DType.BFLOAT16 ? "-bfloat16A" : "")
        + (typeB == DType.BFLOAT16 ? "-bfloat16B" : "");
  }
}
