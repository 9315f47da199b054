package dev.errand;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.stream.Stream;

/** The layers: a service on an engine on a ground. A package depends only on packages that stand in the rows below its own. */
@AnalyzeClasses(packages = "dev.errand", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final List<List<String>> SERVICE = List.of(
            List.of("service.rest", "service.console", "service.health"),
            List.of("service.metrics", "service.status", "service.history"),
            List.of("service.web", "service.security"));

    private static final List<List<String>> ENGINE = List.of(
            List.of("engine.intake", "engine.relay", "engine.retention", "engine.parking.operations"),
            List.of("engine.workers", "engine.parking.view", "engine.parking.deadletter"),
            List.of("engine.scheduler"),
            List.of("engine.batch"),
            List.of("engine.quarantine", "engine.offsets", "engine.retry"),
            List.of("engine.handlers", "engine.parking", "engine.outbox", "engine.database"),
            List.of(
                    "engine.record",
                    "engine.handlers.sql",
                    "engine.ledger",
                    "engine.activity",
                    "engine.audit",
                    "engine.liveness"),
            List.of("engine.dispatch", "engine.transaction", "engine.query", "engine.observation", "engine.logging"),
            List.of("engine.error"));

    private static final List<List<String>> GROUND = List.of(List.of("handler"), List.of("action"));

    /** For development only: no other package depends on these. */
    private static final List<String> DEV = List.of("dev.build", "dev.embedded", "dev.greeting");

    private static final List<List<String>> HOUSE =
            Stream.of(SERVICE, ENGINE, GROUND).flatMap(List::stream).toList();

    @ArchTest
    static void everyPackageStandsInThePicture(JavaClasses all) {
        classes()
                .should()
                .resideInAnyPackage(named(Stream.concat(HOUSE.stream().flatMap(List::stream), DEV.stream())
                        .toList()))
                .check(all);
    }

    @ArchTest
    static void dataFlowsDown(JavaClasses all) {
        for (int floor = 0; floor < HOUSE.size(); floor++) {
            for (var name : HOUSE.get(floor)) {
                var notBelow = HOUSE.subList(0, floor + 1).stream()
                        .flatMap(List::stream)
                        .filter(other -> !other.equals(name))
                        .toList();
                noClasses()
                        .that()
                        .resideInAPackage("dev.errand." + name)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(named(notBelow))
                        .allowEmptyShould(true)
                        .check(all);
            }
        }
    }

    @ArchTest
    static void nobodyKnowsWhatIsForDevelopment(JavaClasses all) {
        noClasses()
                .that()
                .resideInAnyPackage(named(HOUSE.stream().flatMap(List::stream).toList()))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(named(DEV))
                .check(all);
    }

    @ArchTest
    static void handlersNeedTheGroundOnly(JavaClasses all) {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(named(Stream.of(SERVICE, ENGINE, List.of(DEV))
                        .flatMap(List::stream)
                        .flatMap(List::stream)
                        .toList()))
                .check(new ClassFileImporter().importPackages("dev.errand.examples"));
    }

    @ArchTest
    static final ArchRule NO_CLASSES_CALL_EACH_OTHER_IN_A_CIRCLE =
            slices().assignedFrom(new TopLevelClass()).should().beFreeOfCycles();

    /** A class with all that is nested in it. */
    private static final class TopLevelClass implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
            return SliceIdentifier.of(each.getName().replaceFirst("\\$.*", ""));
        }

        @Override
        public String getDescription() {
            return "classes";
        }
    }

    @ArchTest
    static final ArchRule THE_SERVICE_READS_STORES_AND_NEVER_THE_ENGINES_INSIDES = noClasses()
            .that()
            .resideInAPackage("dev.errand.service..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.errand.engine.batch",
                    "dev.errand.engine.dispatch",
                    "dev.errand.engine.quarantine",
                    "dev.errand.engine.relay",
                    "dev.errand.engine.retention",
                    "dev.errand.engine.retry",
                    "dev.errand.engine.scheduler",
                    "dev.errand.engine.transaction",
                    "dev.errand.engine.workers");

    @ArchTest
    static final ArchRule DISPATCH_IS_PLAIN_JAVA = noClasses()
            .that()
            .resideInAPackage("dev.errand.engine.dispatch")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.errand.engine.dispatch", "java.lang..", "java.time..", "java.util..", "org.jspecify..");

    @ArchTest
    static final ArchRule THE_GROUND_KNOWS_NOBODY = noClasses()
            .that()
            .resideInAnyPackage("dev.errand.action", "dev.errand.handler")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages("dev.errand.action", "dev.errand.handler", "java..", "org.jspecify..");

    private static String[] named(List<String> names) {
        return names.stream().map(name -> "dev.errand." + name).toArray(String[]::new);
    }
}
