package dev.errand.bench;

/**
 * What one run showed.
 *
 * @param rate actions a second, duplicates included, between the first and the last insert into the ledger
 * @param firstRow seconds from the start of the process to its first row
 * @param applicationCpu CPU seconds of the contender for 100,000 actions, after its first row
 * @param mysqldCpu the same of MySQL
 * @param peakMemory MiB
 */
record Measurement(
        String contender,
        int round,
        double rate,
        double firstRow,
        double applicationCpu,
        double mysqldCpu,
        long peakMemory) {}
