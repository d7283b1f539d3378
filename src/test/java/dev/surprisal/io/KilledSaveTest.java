package dev.surprisal.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.surprisal.device.DType;
import dev.surprisal.device.Device;
import dev.surprisal.device.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that saves without end is killed in the middle, over and over. */
class KilledSaveTest {
  private static final int ELEMENTS = 1 << 20;
  private static final int KILLS = 10;

  @TempDir Path folder;

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void the_file_loads_whole_whenever_the_process_was_killed() throws Exception {
    Path file = folder.resolve("model.safetensors");
    Random random = new Random(1);
    int interrupted = 0;
    float last = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      killWhileSaving(file, last + 1, random.nextInt(40));
      int files = AtomicFileTest.names(folder).size();
      assertTrue(files <= 2, "what an earlier process left was not removed");
      interrupted += files - 1;
      float saved = load(file);
      assertTrue(saved > last, "found save " + saved + " after save " + last);
      last = saved;
    }
    assertNotEquals(0, interrupted, "no process was killed in the middle of a save");
  }

  private static void killWhileSaving(Path file, float first, int milliseconds) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Saver.class.getName(),
                file.toString(),
                Float.toString(first))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertEquals('1', process.getInputStream().read(), "the process has not saved once");
      Thread.sleep(milliseconds);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static float load(Path file) throws IOException {
    try (Device device = Device.cpu(1);
        Tensor tensor = device.allocate(DType.FLOAT32, ELEMENTS);
        SafeTensorsFile saved = SafeTensorsFile.open(file)) {
      saved.read("a", tensor);
      float[] values = tensor.toFloats();
      float[] expected = new float[ELEMENTS];
      Arrays.fill(expected, values[0]);
      assertArrayEquals(expected, values);
      return values[0];
    }
  }

  /** Saves a tensor of equal numbers, greater by one each time; tells after the first. */
  static final class Saver {
    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      float[] values = new float[ELEMENTS];
      try (Device device = Device.cpu(1);
          Tensor tensor = device.allocate(DType.FLOAT32, ELEMENTS)) {
        for (float value = Float.parseFloat(arguments[1]); ; value++) {
          Arrays.fill(values, value);
          tensor.write(values);
          SafeTensors.write(file, Map.of("a", tensor), Map.of());
          System.out.print('1');
          System.out.flush();
        }
      }
    }
  }
}
