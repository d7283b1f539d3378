package dev.surprisal.device;

import dev.surprisal.device.cuda.EmulatedDevices;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The devices that tests run on. A new kind of device is added to {@link #ALL}, and nowhere else.
 *
 * <p>They stay open until the tests end; what a test allocates goes through a {@link Bench}. The
 * system property {@value #PROPERTY} names the one kind that {@link OnEveryDevice} is about;
 * without it, it is all of them.
 */
public final class TestDevices {
  /** {@code cpu}, {@code emulated} or {@code cuda}. */
  private static final String PROPERTY = "surprisal.test.device";

  private static final String CHOSEN = System.getProperty(PROPERTY, "");
  private static final List<Device> ALL = all();

  private TestDevices() {}

  /** The CPU is always there: other devices are tested against it. */
  private static List<Device> all() {
    List<Device> devices = new ArrayList<>();
    devices.addAll(List.of(Device.cpu(1), Device.cpu(2), Device.cpu(3)));
    if (isChosen("emulated")) {
      EmulatedDevices.missing()
          .ifPresentOrElse(
              missing -> System.err.println("not tested: the emulated device: " + missing),
              () -> devices.add(EmulatedDevices.open()));
    }
    if (isChosen("cuda")) {
      Device.kinds().stream()
          .filter(kind -> kind.kind().equals("cuda"))
          .forEach(
              cuda ->
                  cuda.missing()
                      .ifPresentOrElse(
                          missing -> System.err.println("not tested: a GPU: " + missing),
                          () -> devices.add(cuda.open(0, 0))));
    }
    if (devices.stream().noneMatch(device -> isChosen(kind(device)))) {
      throw new IllegalStateException(
          PROPERTY + " is cpu, emulated or cuda, and there is such a device; found " + CHOSEN);
    }
    return List.copyOf(devices);
  }

  private static boolean isChosen(String kind) {
    return CHOSEN.isEmpty() || CHOSEN.equals(kind);
  }

  /** As in "cuda" for cuda:0. */
  private static String kind(Device device) {
    return device.toString().split("\\W", 2)[0];
  }

  /**
   * A bench on every device with aligned operands, and one with operands that lie anywhere.
   *
   * @return benches; JUnit closes each after its test
   */
  public static Stream<Bench> benches() {
    return ALL.stream()
        .filter(device -> isChosen(kind(device)))
        .flatMap(device -> Stream.of(Bench.aligned(device), Bench.odd(device)));
  }

  /**
   * Devices of one kind, whose results must be the same bits.
   *
   * @param kind as in "cpu"
   * @return in the order of {@link #ALL}
   */
  public static List<Device> ofKind(String kind) {
    return ALL.stream().filter(device -> device.toString().startsWith(kind)).toList();
  }

  /**
   * A device that does not own the given one's tensors.
   *
   * @param device one of these
   * @return another of these
   */
  public static Device otherThan(Device device) {
    return ALL.stream().filter(other -> other != device).findFirst().orElseThrow();
  }
}
