package dev.errand.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.errand.engine.workers.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The manifests in {@code deploy/} fit their kinds and agree with each other. */
class ManifestsTest {

    private static final Path DEPLOY = Path.of("deploy");

    /** Time between the drain and SIGKILL for the end of HTTP and of the pool, also on a slow machine. */
    private static final Duration ROOM_TO_STOP = Duration.ofSeconds(20);

    static List<Manifest> manifests() {
        return Kustomization.below(DEPLOY).stream()
                .flatMap(each -> each.references().stream())
                .filter(Files::isRegularFile)
                .filter(file -> file.toString().endsWith(".yaml"))
                .distinct()
                .flatMap(file -> Manifest.in(file).stream())
                // Documents without this field are patches.
                .filter(manifest -> manifest.content().containsKey("apiVersion"))
                .toList();
    }

    static List<Manifest> workloads() {
        return manifests().stream()
                .filter(manifest -> List.of("Deployment", "Job").contains(manifest.kind()))
                // A patch in an overlay contains only the fields that it changes.
                .filter(manifest -> manifest.at("spec", "template", "spec", "containers", 0, "image") != null)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void shouldHaveOnlyWhatItsKindHas(Manifest manifest) throws IOException {
        Kinds.read(manifest);
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void shouldBeRefusedWithAFieldThatItsKindDoesNotHave(Manifest manifest) {
        // Given
        for (var part : List.of("metadata", "spec")) {
            var changed = new HashMap<>(manifest.content());
            var fields = new HashMap<>(manifest.map(part));
            fields.put("replica", 2);
            changed.put(part, fields);
            if (part.equals("spec") && !manifest.content().containsKey("spec")) {
                continue;
            }
            // Then
            assertThatThrownBy(() -> Kinds.read(new Manifest(manifest.origin(), changed)))
                    .isInstanceOf(UnrecognizedPropertyException.class);
        }
    }

    @Test
    void shouldBeRefusedWithAValueOfAnotherType() {
        var manifest = Manifest.in("here", """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: errand
                spec:
                  replicas: two
                """).get(0);
        assertThatThrownBy(() -> Kinds.read(manifest)).isInstanceOf(MismatchedInputException.class);
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void shouldFitTheRestrictedPodSecurityStandard(Manifest workload) {
        // Given
        var pod = new Manifest(workload.origin(), workload.map("spec", "template", "spec"));

        // Then
        assertThat(pod.at("securityContext", "runAsNonRoot")).isEqualTo(true);
        assertThat(pod.number("securityContext", "runAsUser")).isPositive();
        assertThat(pod.at("securityContext", "seccompProfile", "type")).isEqualTo("RuntimeDefault");
        assertThat(pod.at("automountServiceAccountToken")).isEqualTo(false);
        assertThat(pod.at("enableServiceLinks")).isEqualTo(false);
        assertThat(pod.at("hostNetwork")).isNull();
        for (var container : pod.list("containers")) {
            var security = new Manifest(workload.origin(), Manifest.asMap(container.get("securityContext")));
            assertThat(security.at("allowPrivilegeEscalation")).isEqualTo(false);
            assertThat(security.at("readOnlyRootFilesystem")).isEqualTo(true);
            assertThat(security.at("capabilities", "drop")).isEqualTo(List.of("ALL"));
            assertThat(security.at("capabilities", "add")).isNull();
            assertThat(Manifest.asMap(container.get("resources"))).containsKeys("requests", "limits");
        }
        assertThat(pod.list("volumes")).anySatisfy(volume -> assertThat(volume).containsKey("emptyDir"));
        assertThat(new Manifest(workload.origin(), pod.list("containers").get(0)).list("volumeMounts"))
                .anySatisfy(mount -> assertThat(mount).containsEntry("mountPath", "/tmp"));
    }

    @ParameterizedTest
    @MethodSource("workloads")
    void shouldSelectItsOwnPods(Manifest workload) {
        if (workload.kind().equals("Deployment")) {
            assertThat(labelsOfPods(workload)).containsAllEntriesOf(workload.map("spec", "selector", "matchLabels"));
        }
        assertThat(workload.list("spec", "template", "spec", "topologySpreadConstraints"))
                .allSatisfy(constraint -> assertThat(labelsOfPods(workload))
                        .containsAllEntriesOf(Manifest.asMap(
                                Manifest.asMap(constraint.get("labelSelector")).get("matchLabels"))));
    }

    @Test
    void shouldSelectPodsThatThereAre() {
        var selectors = new ArrayList<Map<String, Object>>();
        manifests("Service").forEach(service -> selectors.add(service.map("spec", "selector")));
        manifests("PodDisruptionBudget")
                .forEach(budget -> selectors.add(budget.map("spec", "selector", "matchLabels")));
        manifests("NetworkPolicy").forEach(policy -> selectors.add(policy.map("spec", "podSelector", "matchLabels")));
        assertThat(selectors).hasSizeGreaterThan(4).allSatisfy(selector -> {
            assertThat(selector).isNotEmpty();
            assertThat(workloads())
                    .anySatisfy(workload -> assertThat(labelsOfPods(workload)).containsAllEntriesOf(selector));
        });
    }

    @Test
    void shouldScrapeTheManagementPort() {
        var monitor = manifests("ServiceMonitor").get(0);
        assertThat(manifests("Service")).anySatisfy(service -> {
            var labels = new HashMap<>(service.map("metadata", "labels"));
            // The base adds this label to all resources.
            labels.put("app.kubernetes.io/part-of", "errand");
            assertThat(labels).containsAllEntriesOf(monitor.map("spec", "selector", "matchLabels"));
            assertThat(service.text("spec", "ports", 0, "name"))
                    .isEqualTo(monitor.text("spec", "endpoints", 0, "port"));
        });
    }

    @Test
    void shouldProbeTheManagementPort() {
        for (var deployment : deployments()) {
            var container = new Manifest("", deployment.map("spec", "template", "spec", "containers", 0));
            Map.of("startupProbe", "started", "livenessProbe", "live", "readinessProbe", "ready")
                    .forEach((probe, check) -> {
                        assertThat(container.text(probe, "httpGet", "path")).isEqualTo("/q/health/" + check);
                        assertThat(container.text(probe, "httpGet", "port")).isEqualTo("management");
                    });
            assertThat(container.list("ports"))
                    .contains(Map.of("name", "management", "containerPort", 9000))
                    .contains(Map.of("name", "http", "containerPort", 8080));
        }
    }

    @Test
    void shouldLeaveTimeToDrain() throws IOException {
        var drain = Duration.parse("PT" + settings().getProperty("ERRAND_INTAKE_DRAIN_TIMEOUT"));
        for (var deployment : deployments()) {
            var grace =
                    Duration.ofSeconds(deployment.number("spec", "template", "spec", "terminationGracePeriodSeconds"));
            assertThat(grace).isGreaterThan(drain.plus(ROOM_TO_STOP));
        }
    }

    @Test
    void shouldHaveAConnectionForEachWorker() throws IOException {
        var settings = settings();
        int connections = Integer.parseInt(settings.getProperty("QUARKUS_DATASOURCE_JDBC_MAX_SIZE"));
        assertThat(connections)
                .isGreaterThanOrEqualTo(Integer.parseInt(settings.getProperty("ERRAND_WORK_WORKERS"))
                        + Integer.parseInt(settings.getProperty("ERRAND_RETRY_WORKERS"))
                        + Workers.OTHER_CONNECTIONS);
        // A pool below its maximum would open connections while actions wait.
        assertThat(settings)
                .containsEntry("QUARKUS_DATASOURCE_JDBC_MIN_SIZE", String.valueOf(connections))
                .containsEntry("QUARKUS_DATASOURCE_JDBC_INITIAL_SIZE", String.valueOf(connections));
    }

    @Test
    void shouldMigrateInTheJobOnly() {
        assertThat(manifests("Job")).hasSize(1).allSatisfy(job -> assertThat(environment(job))
                .containsEntry("QUARKUS_INIT_AND_EXIT", "true")
                .containsEntry("QUARKUS_FLYWAY_MIGRATE_AT_START", "true")
                .containsEntry("ERRAND_INTAKE_ENABLED", "false"));
        assertThat(deployments()).hasSize(2).allSatisfy(deployment -> assertThat(environment(deployment))
                .containsEntry("QUARKUS_FLYWAY_MIGRATE_AT_START", "false"));
    }

    @Test
    void shouldNotHoldUpTheDrainOfANode() {
        assertThat(manifests("PodDisruptionBudget")).hasSize(2).allSatisfy(budget -> {
            assertThat(budget.number("spec", "maxUnavailable")).isPositive();
            assertThat(budget.at("spec", "minAvailable")).isNull();
        });
    }

    @Test
    void shouldWakeForWhatTheWorkersTake() throws IOException {
        // Given
        var settings = settings();
        var object = manifests("ScaledObject").get(0);
        var topics = manifests("KafkaTopic");
        // Then
        assertThat(deployments()).anySatisfy(deployment -> assertThat(deployment.name())
                .isEqualTo(object.text("spec", "scaleTargetRef", "name")));
        for (var trigger : object.list("spec", "triggers")) {
            assertThat(Keda.METADATA.get((String) trigger.get("type")))
                    .containsAll(Manifest.asMap(trigger.get("metadata")).keySet());
            var reference = Manifest.asMap(trigger.get("authenticationRef")).get("name");
            assertThat(reference == null
                            || manifests("TriggerAuthentication").stream()
                                    .anyMatch(each -> each.name().equals(reference)))
                    .isTrue();
        }
        assertThat(object.map("spec", "triggers", 0, "metadata"))
                .containsEntry("consumerGroup", settings.getProperty("ERRAND_GROUP"))
                .containsEntry("topic", settings.getProperty("ERRAND_TOPICS"))
                .containsEntry("bootstrapServers", settings.getProperty("KAFKA_BOOTSTRAP_SERVERS"))
                .containsEntry("offsetResetPolicy", "earliest");
        assertThat(topics).anySatisfy(topic -> {
            assertThat(topic.name()).isEqualTo(settings.getProperty("ERRAND_TOPICS"));
            assertThat(object.number("spec", "maxReplicaCount"))
                    .isLessThanOrEqualTo(topic.number("spec", "partitions"));
        });
        assertThat(object.number("spec", "minReplicaCount")).isZero();
    }

    @Test
    void shouldHaveTheRightsThatErrandNeedsInKafka() throws IOException {
        // Given
        var settings = settings();
        var user = manifests("KafkaUser").stream()
                .filter(each -> each.name().equals("errand-kafka"))
                .findFirst()
                .orElseThrow();
        var rights = new HashMap<String, Object>();
        user.list("spec", "authorization", "acls").forEach(acl -> {
            var resource = Manifest.asMap(acl.get("resource"));
            rights.put(resource.get("type") + " " + resource.get("name"), acl.get("operations"));
        });

        // Then
        assertThat(rights)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "topic " + settings.getProperty("ERRAND_TOPICS"),
                        List.of("Read", "Describe"),
                        "group " + settings.getProperty("ERRAND_GROUP"),
                        List.of("Read", "Describe"),
                        "topic errand-events",
                        List.of("Write", "Describe", "DescribeConfigs"),
                        "topic errand-dead-letters",
                        List.of("Write", "Describe", "DescribeConfigs")));
        assertThat(manifests("KafkaTopic").stream().map(topic -> "topic " + topic.name()))
                .allSatisfy(topic -> assertThat(rights).containsKey(topic));
    }

    @Test
    void shouldAlertInTheOperatorAsWithoutIt() {
        var alerts = Manifest.in(DEPLOY.resolve("components/monitoring/errand-alerts.yaml"))
                .get(0);
        assertThat(manifests("PrometheusRule").get(0).list("spec", "groups"))
                .isNotEmpty()
                .isEqualTo(alerts.list("groups"));
    }

    private static List<Manifest> manifests(String kind) {
        return manifests().stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .toList();
    }

    private static List<Manifest> deployments() {
        return workloads().stream()
                .filter(workload -> workload.kind().equals("Deployment"))
                .toList();
    }

    private static Map<String, Object> labelsOfPods(Manifest workload) {
        return workload.map("spec", "template", "metadata", "labels");
    }

    private static Map<String, Object> environment(Manifest workload) {
        var environment = new HashMap<String, Object>();
        workload.list("spec", "template", "spec", "containers", 0, "env")
                .forEach(variable -> environment.put((String) variable.get("name"), variable.get("value")));
        return environment;
    }

    private static Properties settings() throws IOException {
        var settings = new Properties();
        try (var file = Files.newBufferedReader(DEPLOY.resolve("base/errand.env"))) {
            settings.load(file);
        }
        return settings;
    }
}
