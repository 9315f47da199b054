package dev.errand.bench.app;

/** The payload of the benchmark's actions. */
public record BenchPayload(String sku, String note, long totalCents) {}
