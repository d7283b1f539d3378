package dev.surprisal.train;

import dev.surprisal.oracle.MarkovSource;
import dev.surprisal.text.Corpus;
import dev.surprisal.text.Split;
import dev.surprisal.text.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Small texts to train on. */
final class SmallCorpus {
  private static final Split ALL = new Split(1, 0, 0);

  private SmallCorpus() {}

  /** 500 characters of 7 kinds to train on, 60 to validate on, from one source. */
  static Corpus markov(Path folder) throws IOException {
    return of(folder, symbols(500, 1), symbols(60, 2));
  }

  /** 500 characters that soon hold no surprise, and 60 to validate on that always will. */
  static Corpus misleading(Path folder) throws IOException {
    return of(folder, "abcdef\n".repeat(72).substring(0, 500), symbols(60, 2));
  }

  /** Characters of 7 kinds with some order in them. */
  static String symbols(int length, long seed) {
    return Arrays.stream(new MarkovSource(7, 2).generate(length, seed))
        .mapToObj(symbol -> "\nabcdef".substring(symbol, symbol + 1))
        .collect(Collectors.joining());
  }

  static Corpus of(Path folder, String train, String valid) throws IOException {
    Path trainFile = Files.writeString(folder.resolve("train.txt"), train);
    Path validFile = Files.writeString(folder.resolve("valid.txt"), valid);
    return Corpus.read(
        List.of(trainFile), Optional.of(validFile), ALL, Tokenizers.CHARACTERS, 1, folder);
  }

  static Corpus withoutValidation(Path folder, String train) throws IOException {
    Path file = Files.writeString(folder.resolve("train.txt"), train);
    return Corpus.read(List.of(file), Optional.empty(), ALL, Tokenizers.CHARACTERS, 1, folder);
  }
}
