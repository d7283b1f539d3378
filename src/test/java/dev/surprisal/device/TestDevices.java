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
  /** As in {@code cpu}, {@code cpu (2 threads)}, {@code emulated} or {@code cuda}. */
  private static final String PROPERTY = "surprisal.test.device";

  private static final String CHOSEN = System.getProperty(PROPERTY, "");
  private static final List<Device> ALL = all();

  private TestDevices() {}

  /** The CPU is always there: other devices are tested against it. */
  private static List<Device> all() {
    List<Device> devices = new ArrayList<>();
    devices.addAll(List.of(Device.cpu(1), Device.cpu(2), Device.cpu(3)));
    if (mayBeChosen("emulated")) {
      EmulatedDevices.missing()
          .ifPresentOrElse(
              missing -> System.err.println("not tested: the emulated device: " + missing),
              () -> devices.add(EmulatedDevices.open()));
    }
    if (mayBeChosen("cuda")) {
      Device.kinds().stream()
          .filter(kind -> kind.kind().equals("cuda"))
          .forEach(
              cuda ->
                  cuda.missing()
                      .ifPresentOrElse(
                          missing -> System.err.println("not tested: a GPU: " + missing),
                          () -> devices.add(cuda.open(0, 0))));
    }
    if (devices.stream().noneMatch(TestDevices::isChosen)) {
      throw new IllegalStateException(
          PROPERTY + " begins the name of one of " + devices + "; found '" + CHOSEN + "'");
    }
    return List.copyOf(devices);
  }

  private static boolean mayBeChosen(String kind) {
    return kind.startsWith(CHOSEN) || CHOSEN.startsWith(kind);
  }

  private static boolean isChosen(Device device) {
    return device.toString().startsWith(CHOSEN);
  }

  /**
   * A bench on every device with aligned operands, and one with operands that lie anywhere.
   *
   * @return benches; JUnit closes each after its test
   */
  public static Stream<Bench> benches() {
    return ALL.stream()
        .filter(TestDevices::isChosen)
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
