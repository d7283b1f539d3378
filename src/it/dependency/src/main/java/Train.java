import dev.surprisal.LanguageModel;
import dev.surprisal.ModelConfig;
import dev.surprisal.device.Device;
import dev.surprisal.device.cuda.binding.Surprisal;
import dev.surprisal.text.Corpus;
import dev.surprisal.train.Trainer;
import dev.surprisal.train.TrainingOptions;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trains two epochs on the best device and keeps the run in a folder. */
class Train {
  public static void main(String[] args) throws Exception {
    Path text = Path.of("text.txt");
    Files.writeString(text, "ROMEO: good night, good night!\n".repeat(90));
    try (var device = Device.auto();
        var corpus = Corpus.characters(text);
        var model = LanguageModel.create(device, corpus.vocabulary(), new ModelConfig(16, 32), 1)) {
      var options = TrainingOptions.builder().epochs(2).build();
      new Trainer(model, corpus, options).folder(Path.of("run")).onEpoch(System.out::println).run();
    }
    System.out.println("kernels: " + kernels());
    System.out.println("class path: " + System.getProperty("java.class.path"));
  }

  private static String kernels() {
    try {
      return Surprisal.surprisal_build().getString();
    } catch (LinkageError missing) {
      return "none";
    }
  }
}
