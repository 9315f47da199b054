package dev.errand.intake;

import dev.errand.action.Coordinates;
import dev.errand.work.Decoded;
import dev.errand.work.Delivery;
import org.jspecify.annotations.Nullable;

/** A Kafka record on its way through. Holds bytes, not the connector's message, until a worker reads it. */
final class KafkaDelivery implements Delivery {

    /** What a waiting delivery takes beside its bytes: this object, its receipt, their places in queues. */
    private static final int OVERHEAD = 250;

    private final ActionReader reader;
    private final Assignment.Receipt receipt;
    private final String user;
    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private @Nullable Decoded decoded;
    private int failures;

    KafkaDelivery(ActionReader reader, Assignment.Receipt receipt, byte @Nullable [] key, byte @Nullable [] value) {
        this.reader = reader;
        this.receipt = receipt;
        this.user = reader.user(key, value);
        this.key = key;
        this.value = value;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public Decoded decoded() {
        if (decoded == null) {
            decoded = reader.read(key, value, coordinates());
        }
        return decoded;
    }

    @Override
    public Coordinates coordinates() {
        var partition = receipt.partition();
        return new Coordinates(partition.topic(), partition.partition(), receipt.offset());
    }

    @Override
    public boolean abandoned() {
        return receipt.revoked();
    }

    @Override
    public void settle() {
        receipt.settle();
    }

    @Override
    public int failures() {
        return failures;
    }

    @Override
    public void failed() {
        failures++;
    }

    @Override
    public int bytes() {
        return OVERHEAD + user.length() + (value == null ? 0 : value.length);
    }
}
