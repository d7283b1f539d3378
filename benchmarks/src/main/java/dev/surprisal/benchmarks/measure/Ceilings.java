package dev.surprisal.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * What the device can do at best, measured in the same run as all else. A null was not measured.
 *
 * @param copyBytesPerSecond of a copy from device to device beyond its caches, bytes read and
 *     written both counted
 * @param productFlopsPerSecond of a large matrix product by the vendor's library, by type
 * @param launch microseconds from one to the next of many kernels that do nothing
 * @param barrier microseconds of a meeting of all blocks or threads
 * @param replay microseconds a kernel of a recording of many that do nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Ceilings(
    @JsonProperty("copy_bytes_per_second") Double copyBytesPerSecond,
    @JsonProperty("product_flops_per_second") Map<String, Double> productFlopsPerSecond,
    @JsonProperty("launch_us") Double launch,
    @JsonProperty("barrier_us") Double barrier,
    @JsonProperty("replay_us") Double replay) {}
