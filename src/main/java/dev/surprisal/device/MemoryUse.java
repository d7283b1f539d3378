package dev.surprisal.device;

/**
 * How much of a device's memory its tensors take.
 *
 * @param current bytes allocated now
 * @param peak the largest value that {@code current} had since the device was opened
 */
public record MemoryUse(long current, long peak) {}
