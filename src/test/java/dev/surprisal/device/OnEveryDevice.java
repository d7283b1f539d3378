package dev.surprisal.device;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test with one parameter, a {@link Bench}, that must pass on every device there is. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag("every-device")
@ParameterizedTest(name = "{0}")
@MethodSource("dev.surprisal.device.TestDevices#benches")
public @interface OnEveryDevice {}
