package dev.surprisal.device;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds and opens devices: by kind, by name on the command line, or the best one. */
final class Devices {
  private static final Logger LOG = System.getLogger(Devices.class.getPackageName());
  private static final Pattern NAME = Pattern.compile("auto|cpu|cuda(?::(\\d{1,4}))?");

  private Devices() {}

  /** Returns all kinds on the class path, in order of preference. */
  static List<DeviceProvider> providers() {
    return ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(DeviceProvider::priority).reversed())
        .toList();
  }

  static Device auto(int threads) {
    return auto(providers(), threads);
  }

  /** Opens the first of these that can be opened. */
  static Device auto(List<DeviceProvider> providers, int threads) {
    StringBuilder why = new StringBuilder();
    for (DeviceProvider provider : providers) {
      String missing = provider.missing().orElse(null);
      if (missing == null) {
        try {
          Device device = provider.open(0, threads);
          LOG.log(Level.INFO, "using {0}{1}", device, why);
          return device;
        } catch (DeviceUnavailableException refused) {
          missing = refused.getMessage();
        }
      }
      why.append("; ").append(provider.kind()).append(" is not used: ").append(missing);
    }
    throw new DeviceUnavailableException("no device can be used" + why);
  }

  static Device open(String kind, int index, int threads) {
    for (DeviceProvider provider : providers()) {
      if (provider.kind().equals(kind)) {
        provider
            .missing()
            .ifPresent(
                missing -> {
                  throw new DeviceUnavailableException(
                      "device " + kind + ":" + index + " cannot be used: " + missing);
                });
        return provider.open(index, threads);
      }
    }
    throw new DeviceUnavailableException(
        "device "
            + kind
            + ":"
            + index
            + " cannot be used: no "
            + kind
            + " support on the class path; use cpu");
  }

  static Device parse(String name, int threads) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a device is auto, cpu or cuda:N, found '" + name + "'");
    }
    if (name.equals("auto")) {
      return auto(threads);
    }
    String index = matcher.group(1);
    String kind = name.equals("cpu") ? "cpu" : "cuda";
    return open(kind, index == null ? 0 : Integer.parseInt(index), threads);
  }
}
