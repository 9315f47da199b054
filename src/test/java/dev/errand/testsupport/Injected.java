package dev.errand.testsupport;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What tests of the running application inject: its Kafka to publish to, its MySQL to look into. */
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

    @Produces
    @Singleton
    static Database database(AgroalDataSource dataSource) {
        return new Database(dataSource);
    }
}
