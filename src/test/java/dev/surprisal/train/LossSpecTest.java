package dev.surprisal.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossSpecTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cross-entropy",
        "cross-entropy:smoothing=0.1,z=1e-4",
        "cross-entropy:scale=2,cap=30,chunk=64",
        "confidence-penalty:penalty=0.2",
        "focal:gamma=0",
        "unlikelihood:alpha=0.5,context=4",
        "kl:temperature=1,weight=1",
        "reverse-kl",
        "jensen-shannon:beta=0.1",
        "sampled-softmax:samples=1024,sampler=log-uniform",
        "nce:power=1",
        "adaptive-softmax:cutoffs=2000+10000,div=2,bias=true"
      })
  void a_loss_is_a_name_and_options(String text) {
    LossSpec spec = LossSpec.parse(text);
    assertEquals(text, spec.toString());
    assertEquals(text.replaceAll(":.*", ""), spec.kind().name());
    assertEquals(spec, LossSpec.parse(text));
  }

  @Test
  void a_wrong_name_is_told_what_names_there_are() {
    String message = refusal("cross-entrpy");
    assertTrue(
        message.startsWith("unknown loss \"cross-entrpy\"; expected one of cross-entropy, "));
    for (LossKind kind : LossKind.all()) {
      assertTrue(message.contains(kind.name()), message);
    }
  }

  @Test
  void a_wrong_option_is_told_what_options_there_are() {
    String message = refusal("focal:gama=1");
    assertTrue(message.startsWith("the loss focal takes option=value for gamma, "), message);
    assertTrue(message.endsWith("; found \"gama=1\""), message);
    assertTrue(refusal("focal:").endsWith("; found \"\""));
    assertTrue(refusal("focal:gamma").endsWith("; found \"gamma\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "focal:gamma=x | the loss focal takes a number for gamma, found \"x\"",
        "focal:gamma=-1 | the loss focal takes a number of 0 or more for gamma, found \"-1\"",
        "focal:gamma=1,gamma=2 | the loss focal was given two values of gamma",
        "cross-entropy:smoothing=1 | label smoothing is a number in [0, 1), found 1.0",
        "cross-entropy:smoothing=-0.1 | label smoothing is a number in [0, 1), found -0.1",
        "cross-entropy:smoothing=NaN | label smoothing is a number in [0, 1), found NaN",
        "cross-entropy:scale=0 | a loss takes a logit scale above 0, found 0.0",
        "cross-entropy:cap=-1 | a loss takes a soft cap above 0, or 0 for none, found -1.0",
        "cross-entropy:z=-1 | a loss takes a z-loss of 0 or more, found -1.0",
        "cross-entropy:z=Infinity | a loss takes a z-loss of 0 or more, found Infinity",
        "kl:temperature=0 | distillation takes a temperature above 0, found 0.0",
        "kl:weight=2 | distillation takes a weight in [0, 1], found 2.0",
        "jensen-shannon:beta=1 | distillation takes a beta in (0, 1), found 1.0",
        "nce:sampler=zipf | the loss nce takes unigram or log-uniform for sampler, found \"zipf\"",
      })
  void a_value_that_cannot_be_used_is_refused(String text, String expected) {
    assertEquals(expected, refusal(text));
  }

  @Test
  void every_option_has_a_standard_value_that_can_be_used() {
    for (LossKind kind : LossKind.all()) {
      LossSpec.parse(kind.name());
      for (LossOption option : kind.options()) {
        LossSpec.parse(kind.name() + ":" + option.name() + "=" + option.standard());
      }
    }
  }

  private static String refusal(String text) {
    return assertThrows(IllegalArgumentException.class, () -> LossSpec.parse(text)).getMessage();
  }
}
