package dev.surprisal.device.cuda;

import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_COST;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_ID;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_LIST;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_LOGIT;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_NONE;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_POSITION;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_PROBABILITY;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_SAMPLE;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_SEQUENCE;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_SUM;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_TARGET;
import static dev.surprisal.device.cuda.binding.Surprisal.SURPRISAL_FAULT_TOKEN;

import dev.surprisal.device.ValueErrors;
import org.bytedeco.javacpp.BytePointer;

/**
 * The fault of the stream: an invalid value that a kernel found. It stays on the device, and keeps
 * every kernel from writing, until the host has read it.
 */
final class Faults implements AutoCloseable {
  static final int BYTES = 24;

  // Offsets of the fields of a surprisal_fault.
  private static final int KIND = 0;
  private static final int CLASSES = 4;
  private static final int POSITION = 8;
  private static final int VALUE = 16;

  private final CudaRuntime runtime;
  private final long address;
  private final BytePointer copy;
  private long taken;

  Faults(CudaRuntime runtime) {
    this.runtime = runtime;
    address = runtime.allocate(BYTES);
    copy = runtime.allocateHost(BYTES);
    runtime.zero(address, BYTES);
  }

  /** Returns the address of the {@code surprisal_fault} that kernels write. */
  long address() {
    return address;
  }

  /** Returns the number of faults taken so far. */
  long taken() {
    return taken;
  }

  /** Requests a copy, which {@link #check} reads after the next wait. */
  void request() {
    request(copy);
  }

  void request(BytePointer target) {
    runtime.copyToHost(target, address, BYTES);
  }

  /** Throws if there is a fault, and clears it so that kernels work again. */
  void check() {
    check(copy, taken);
  }

  /** Checks a copy that was requested when {@code takenBefore} faults had been taken. */
  void check(BytePointer found, long takenBefore) {
    int kind = found.getInt(KIND);
    if (kind != SURPRISAL_FAULT_NONE) {
      if (takenBefore == taken) {
        runtime.zero(address, BYTES);
        taken++;
      }
      throw exception(kind, found.getLong(POSITION), found.getDouble(VALUE), found.getInt(CLASSES));
    }
  }

  static IllegalArgumentException exception(int kind, long position, double value, int classes) {
    return switch (kind) {
      case SURPRISAL_FAULT_TOKEN ->
          ValueErrors.outsideVocabulary("gather rows", position, (long) value, classes);
      case SURPRISAL_FAULT_TARGET ->
          ValueErrors.outsideVocabulary("cross-entropy", position, (long) value, classes);
      case SURPRISAL_FAULT_PROBABILITY -> ValueErrors.noProbability(position, (float) value);
      case SURPRISAL_FAULT_SUM -> ValueErrors.noDistribution(position, value);
      case SURPRISAL_FAULT_LOGIT -> ValueErrors.noLargestLogit(position, (float) value);
      case SURPRISAL_FAULT_SEQUENCE -> ValueErrors.noSequence(position, (long) value, classes);
      case SURPRISAL_FAULT_LIST -> ValueErrors.noList(position, (long) value);
      case SURPRISAL_FAULT_COST -> ValueErrors.noCost(position, (float) value);
      case SURPRISAL_FAULT_POSITION -> ValueErrors.outsideTokens(position, (long) value, classes);
      case SURPRISAL_FAULT_SAMPLE ->
          ValueErrors.outsideVocabulary("sampled loss", position, (long) value, classes);
      case SURPRISAL_FAULT_ID -> ValueErrors.noId(position, (long) value, classes);
      default -> throw new IllegalStateException("a fault of unknown kind " + kind);
    };
  }

  @Override
  public void close() {
    runtime.free(address);
    runtime.freeHost(copy);
  }
}
