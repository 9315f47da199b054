package dev.errand;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Data flows one way: a package knows only those below it. */
@AnalyzeClasses(packages = "dev.errand", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule PACKAGES_KNOW_ONLY_THOSE_BELOW = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("console")
            .definedBy("dev.errand.console..")
            .layer("health")
            .definedBy("dev.errand.health..")
            .layer("metrics")
            .definedBy("dev.errand.metrics..")
            .layer("api")
            .definedBy("dev.errand.api..")
            .layer("status")
            .definedBy("dev.errand.status..")
            .layer("history")
            .definedBy("dev.errand.history..")
            .layer("relay")
            .definedBy("dev.errand.relay..")
            .layer("retention")
            .definedBy("dev.errand.retention..")
            .layer("job")
            .definedBy("dev.errand.job..")
            .layer("schema")
            .definedBy("dev.errand.schema..")
            .layer("intake")
            .definedBy("dev.errand.intake..")
            .layer("dispatch")
            .definedBy("dev.errand.dispatch..")
            .layer("work")
            .definedBy("dev.errand.work..")
            .layer("stores")
            .definedBy("dev.errand.ledger..", "dev.errand.activity..", "dev.errand.failure..", "dev.errand.outbox..")
            .layer("query")
            .definedBy("dev.errand.query..")
            .layer("security")
            .definedBy("dev.errand.security..")
            .layer("sql")
            .definedBy("dev.errand.sql..")
            .layer("words")
            .definedBy("dev.errand.action..", "dev.errand.handler..")
            .layer("logging")
            .definedBy("dev.errand.logging..")
            .layer("examples")
            .definedBy("dev.errand.examples..")
            .layer("embedded")
            .definedBy("dev.errand.embedded..")
            .layer("build")
            .definedBy("dev.errand.build..")
            .whereLayer("console")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("health")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("metrics")
            .mayOnlyBeAccessedByLayers("health")
            .whereLayer("api")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("security")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("status")
            .mayOnlyBeAccessedByLayers("console", "api", "metrics")
            .whereLayer("history")
            .mayOnlyBeAccessedByLayers("console", "api")
            .whereLayer("relay")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("retention")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("job")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("schema")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("intake")
            .mayOnlyBeAccessedByLayers("console", "api", "status", "metrics")
            .whereLayer("dispatch")
            .mayOnlyBeAccessedByLayers("intake")
            .whereLayer("work")
            .mayOnlyBeAccessedByLayers(
                    "health", "metrics", "api", "status", "relay", "retention", "job", "intake", "dispatch")
            .whereLayer("stores")
            .mayOnlyBeAccessedByLayers(
                    "console", "api", "metrics", "status", "history", "relay", "retention", "job", "intake", "work")
            .whereLayer("query")
            .mayOnlyBeAccessedByLayers("api", "status", "history", "intake", "stores")
            .whereLayer("sql")
            .mayOnlyBeAccessedByLayers("work")
            .whereLayer("words")
            .mayOnlyBeAccessedByLayers(
                    "console",
                    "api",
                    "metrics",
                    "history",
                    "relay",
                    "intake",
                    "dispatch",
                    "work",
                    "stores",
                    "query",
                    "sql",
                    "examples",
                    "build")
            .whereLayer("logging")
            .mayOnlyBeAccessedByLayers("console", "relay", "work", "security")
            .whereLayer("examples")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("embedded")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("build")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule DISPATCH_IS_PLAIN_JAVA = noClasses()
            .that()
            .resideInAPackage("dev.errand.dispatch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io..", "jakarta..", "org.apache..", "org.hibernate..", "java.sql..");

    @ArchTest
    static final ArchRule THE_WORDS_KNOW_NOTHING_ELSE = noClasses()
            .that()
            .resideInAnyPackage("dev.errand.action..", "dev.errand.handler..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.errand.action..", "dev.errand.handler..", "java..", "org.jspecify..");
}
