package dev.surprisal.device;

/**
 * The memory that a device's tensors take.
 *
 * @param current bytes allocated now
 * @param peak the largest {@code current} since the device was opened
 */
public record MemoryUse(long current, long peak) {}
