package dev.errand.bench;

import java.time.LocalDateTime;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Actions made from a seed: the same seed makes the same actions. Any action is made when it is asked for, so a workload
 * takes little memory. Immutable.
 */
final class Workload {

    static final int USERS = 20_000;

    private static final double DUPLICATES = 0.01;

    /** How far back the action lies that a duplicate repeats: within a batch, and beyond it. */
    private static final int DUPLICATE_REACH = 5_000;

    private static final LocalDateTime EPOCH = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final String[] TYPES = {"page.viewed", "item.added", "item.removed", "search.made"};
    private static final String[] WORDS = {"ashen", "birch", "cedar", "dogwood", "elder", "fig", "gorse", "hazel"};

    private final long seed;
    private final double hotShare;
    private final int[] published;
    private final int distinct;

    /**
     * @param publications how many records, duplicates among them
     * @param hotShare the share of the actions that the first user does
     */
    Workload(long seed, int publications, double hotShare) {
        this.seed = seed;
        this.hotShare = hotShare;
        this.published = new int[publications];
        var random = new SplittableRandom(seed);
        int next = 0;
        for (int i = 0; i < publications; i++) {
            published[i] = next > 0 && random.nextDouble() < DUPLICATES ? duplicate(random, next) : next++;
        }
        this.distinct = next;
    }

    private static int duplicate(SplittableRandom random, int next) {
        return next - 1 - random.nextInt(Math.min(next, DUPLICATE_REACH));
    }

    int publications() {
        return published.length;
    }

    int distinct() {
        return distinct;
    }

    /** Which action the record is. */
    int published(int publication) {
        return published[publication];
    }

    Sample action(int number) {
        var random = new SplittableRandom(seed ^ (number * 0x9E3779B97F4A7C15L));
        // Random in front, as identifiers are: the unique index is hit all over. The number behind, to find it again.
        var id = new UUID(random.nextLong(), 0x8000000000000000L | number).toString();
        int user = random.nextDouble() < hotShare ? 0 : random.nextInt(USERS);
        var type = TYPES[random.nextInt(TYPES.length)];
        var occurredAt = EPOCH.plusNanos(number * 1_737_000L);
        return new Sample(id, "u-" + (10_000 + user), type, occurredAt, payload(random));
    }

    /** @return which action has the id, -1 if none can have it */
    int number(String id) {
        var number = UUID.fromString(id).getLeastSignificantBits() & Long.MAX_VALUE;
        return number < distinct ? (int) number : -1;
    }

    private static String payload(SplittableRandom random) {
        var text = new StringBuilder("{\"sku\": \"s-")
                .append(random.nextInt(100_000, 1_000_000))
                .append("\", \"note\": \"");
        for (int i = 0; i < 26; i++) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        return text.append("end\", \"totalCents\": ")
                .append(random.nextInt(100, 100_000))
                .append('}')
                .toString();
    }
}
