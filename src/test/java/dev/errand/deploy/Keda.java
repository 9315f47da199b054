package dev.errand.deploy;

import java.util.List;
import java.util.Map;

/**
 * The fields of KEDA's kinds that are used here; no artifact contains these types. They follow the references of
 * <a href="https://keda.sh/docs/2.17/reference/scaledobject-spec/">ScaledObject</a> and
 * <a href="https://keda.sh/docs/2.17/concepts/authentication/">TriggerAuthentication</a>, and the pages of the
 * <a href="https://keda.sh/docs/2.17/scalers/apache-kafka/">Kafka</a> and
 * <a href="https://keda.sh/docs/2.17/scalers/mysql/">MySQL</a> scalers.
 */
final class Keda {

    /** The keys that triggers may have. KEDA accepts any key and ignores misspelt ones. */
    static final Map<String, List<String>> METADATA = Map.of(
            "kafka",
            List.of(
                    "bootstrapServers",
                    "consumerGroup",
                    "topic",
                    "lagThreshold",
                    "activationLagThreshold",
                    "offsetResetPolicy",
                    "allowIdleConsumers",
                    "scaleToZeroOnInvalidOffset",
                    "excludePersistentLag",
                    "limitToPartitionsWithLag",
                    "partitionLimitation",
                    "version",
                    "sasl",
                    "tls",
                    "unsafeSsl"),
            "mysql",
            List.of("query", "queryValue", "activationQueryValue", "host", "port", "username", "dbName"));

    private Keda() {}

    record Metadata(String name, String namespace, Map<String, String> labels, Map<String, String> annotations) {}

    record ScaledObject(String apiVersion, String kind, Metadata metadata, Spec spec) {

        record Spec(
                Target scaleTargetRef,
                Integer pollingInterval,
                Integer cooldownPeriod,
                Integer initialCooldownPeriod,
                Integer idleReplicaCount,
                Integer minReplicaCount,
                Integer maxReplicaCount,
                Fallback fallback,
                Advanced advanced,
                List<Trigger> triggers) {}

        record Target(String apiVersion, String kind, String name, String envSourceContainerName) {}

        record Fallback(Integer failureThreshold, Integer replicas, String behavior) {}

        record Advanced(
                Boolean restoreToOriginalReplicaCount, HorizontalPodAutoscalerConfig horizontalPodAutoscalerConfig) {}

        record HorizontalPodAutoscalerConfig(String name, Behavior behavior) {}

        record Behavior(Rules scaleUp, Rules scaleDown) {}

        record Rules(Integer stabilizationWindowSeconds, String selectPolicy, List<Policy> policies) {}

        record Policy(String type, Integer value, Integer periodSeconds) {}

        record Trigger(
                String type,
                String name,
                String metricType,
                Boolean useCachedMetrics,
                Map<String, String> metadata,
                Authentication authenticationRef) {}

        record Authentication(String name, String kind) {}
    }

    record TriggerAuthentication(String apiVersion, String kind, Metadata metadata, Spec spec) {

        record Spec(List<SecretTarget> secretTargetRef) {}

        record SecretTarget(String parameter, String name, String key) {}
    }
}
