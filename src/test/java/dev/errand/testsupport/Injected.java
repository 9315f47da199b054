package dev.errand.testsupport;

import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What tests of the running application inject: a publisher to its Kafka, and a view of its MySQL. */
final class Injected {

    private Injected() {}

    @Produces
    @Singleton
    static Publisher publisher(@ConfigProperty(name = "kafka.bootstrap.servers") String kafka) {
        return new Publisher(kafka);
    }

    static void close(@Disposes Publisher publisher) {
        publisher.close();
    }

    /** By connections of its own: a test sees the database even while the application's pool is used up or hangs. */
    @Produces
    @Singleton
    static Database database(@ConfigProperty(name = "quarkus.datasource.jdbc.url") String url) {
        return Database.at(() -> url);
    }
}
