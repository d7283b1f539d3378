package dev.surprisal.benchmarks.measure;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.DeviceOutOfMemoryException;
import dev.surprisal.device.MatmulPrecision;
import dev.surprisal.device.Recording;
import dev.surprisal.device.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Measures {@link Ceilings}. Each is what the faster quarter of samples reaches, because something
 * else may run on the machine at times.
 */
public final class CeilingsProbe {
  private static final long COPY_BYTES = 1L << 30;

  /** Random numbers that what is copied consists of, again and again. */
  private static final long DRAWN = 1L << 20;

  private static final int KERNELS = 256;
  private static final int FEW_BARRIERS = 64;
  private static final int MANY_BARRIERS = 576;

  private final boolean cpu;
  private final Supplier<Device> devices;
  private final Effort effort;
  private final Consumer<String> progress;

  /**
   * Of a device.
   *
   * @param deviceName as {@link Device#of} takes it
   * @param effort of each
   * @param progress takes a line for each
   */
  public CeilingsProbe(String deviceName, Effort effort, Consumer<String> progress) {
    this(deviceName.startsWith("cpu"), () -> Device.of(deviceName, 0), effort, progress);
  }

  /** Of devices of any kind. */
  CeilingsProbe(boolean cpu, Supplier<Device> devices, Effort effort, Consumer<String> progress) {
    this.cpu = cpu;
    this.devices = devices;
    this.effort = effort;
    this.progress = progress;
  }

  /**
   * Measures them all; null is what could not be, or what a CPU does not have: it launches nothing.
   *
   * @param products what multiplies by the vendor's library in this process; without one, the
   *     device's own products stand for it
   */
  public Ceilings measure(List<ProductRate> products) {
    Double copy =
        tried("copy %.1f GB/s", 1e-9, () -> cpu ? HostCopy.bytesPerSecond(effort) : copy());
    Map<String, Double> rates = new LinkedHashMap<>();
    for (String type : cpu ? List.of("float32") : List.of("float32", "tf32", "bfloat16")) {
      Double rate =
          tried("product of " + type + " %.1f GFLOP/s", 1e-9, () -> product(type, products));
      if (rate != null) {
        rates.put(type, rate);
      }
    }
    try (Device device = devices.get()) {
      Double launch = cpu ? null : tried("launch %.3f us", 1, () -> launch(device));
      Double barrier = tried("barrier %.3f us", 1, () -> barrier(device));
      Double replay = cpu ? null : tried("replay %.3f us a kernel", 1, () -> replay(device));
      return new Ceilings(copy, rates, launch, barrier, replay);
    }
  }

  private Double tried(String line, double unit, DoubleSupplier measuring) {
    try {
      double value = measuring.getAsDouble();
      progress.accept("ceilings: " + String.format(Locale.ROOT, line, value * unit));
      return value;
    } catch (RefusedException | DeviceOutOfMemoryException refused) {
      String what = line.substring(0, line.indexOf(" %"));
      progress.accept("ceilings: no " + what + ": " + refused.getMessage());
      return null;
    }
  }

  private double copy() {
    try (Device device = devices.get();
        Tensor source = device.allocate(DType.FLOAT32, COPY_BYTES / 4);
        Tensor target = device.allocate(DType.FLOAT32, COPY_BYTES / 4)) {
      Tensor drawn = source.slice(0, DRAWN);
      device.kernels().uniform(-1, 1, 1, 0, drawn);
      for (long first = DRAWN; first < source.elements(); first += DRAWN) {
        source.slice(first, DRAWN).copyFrom(drawn);
      }
      Answer.Turn turn = Meter.ofDevice(device, effort).time(i -> target.copyFrom(source));
      return 2.0 * COPY_BYTES / (turn.lower() * 1e-6);
    }
  }

  private double product(String type, List<ProductRate> products) {
    int size = cpu ? 2048 : 8192;
    for (ProductRate vendor : products) {
      OptionalDouble rate = vendor.flopsPerSecond(type, size, effort);
      if (rate.isPresent()) {
        return rate.getAsDouble();
      }
    }
    DType operands = type.equals("bfloat16") ? DType.BFLOAT16 : DType.FLOAT32;
    try (Device device = devices.get();
        Tensor drawn = device.allocate(DType.FLOAT32, size, size);
        Tensor weight = device.allocate(operands, size, size);
        Tensor input = device.allocate(operands, size, size);
        Tensor output = device.allocate(DType.FLOAT32, size, size)) {
      device.matmulPrecision(type.equals("tf32") ? MatmulPrecision.HIGH : MatmulPrecision.HIGHEST);
      fill(device, drawn, 0, weight);
      fill(device, drawn, 1, input);
      Answer.Turn turn =
          Meter.ofDevice(device, effort)
              .time(i -> device.kernels().linear(weight, null, input, output));
      return 2.0 * size * size * size / (turn.lower() * 1e-6);
    }
  }

  private static void fill(Device device, Tensor drawn, long stream, Tensor target) {
    device.kernels().uniform(-1, 1, 1, stream, drawn);
    if (target.type() == DType.BFLOAT16) {
      device.kernels().convert(drawn, target);
    } else {
      target.copyFrom(drawn);
    }
  }

  private double launch(Device device) {
    return Meter.ofHost(device, () -> {}, effort).time(i -> nothing(device)).lower() / KERNELS;
  }

  private double replay(Device device) {
    try (Recording recording = device.recording(() -> nothing(device))) {
      return Meter.ofHost(device, () -> {}, effort).time(i -> recording.run()).lower() / KERNELS;
    }
  }

  private static void nothing(Device device) {
    for (int i = 0; i < KERNELS; i++) {
      device.probe().spin(0);
    }
  }

  private double barrier(Device device) {
    double few = barriers(device, FEW_BARRIERS);
    double many = barriers(device, MANY_BARRIERS);
    if (many <= few) {
      throw new RefusedException(
          MANY_BARRIERS + " barriers took no longer than " + FEW_BARRIERS + ": measure again");
    }
    return (many - few) / (MANY_BARRIERS - FEW_BARRIERS);
  }

  private double barriers(Device device, int count) {
    return Meter.ofDevice(device, effort).time(i -> device.probe().barriers(count)).lower();
  }
}
