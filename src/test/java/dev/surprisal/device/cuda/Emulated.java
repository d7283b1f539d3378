package dev.surprisal.device.cuda;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests that need the emulated kernel library; skipped where it is not loaded. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "dev.surprisal.device.cuda.EmulatedDevices#present",
    disabledReason = "the emulated kernel library is not loaded")
@interface Emulated {}
