package dev.swarm.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.swarm.subsystem.SubsystemProvider;
import dev.swarm.transport.TransportProvider;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModuleArrowsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar"))
            .importPackages("dev.swarm");

    private static final String[] CORE = {
        "dev.swarm",
        "dev.swarm.blob..",
        "dev.swarm.coordinate..",
        "dev.swarm.disk..",
        "dev.swarm.driver..",
        "dev.swarm.lifecycle..",
        "dev.swarm.manifest..",
        "dev.swarm.node..",
        "dev.swarm.peer..",
        "dev.swarm.schedule..",
        "dev.swarm.subsystem..",
        "dev.swarm.trait..",
        "dev.swarm.transport",
        "dev.swarm.user"
    };

    @Test
    void crdt_dependsOn_nothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("dev.swarm.crdt..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(CORE)
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio.file..", "java.nio.channels..", "java.net..", "org.slf4j..")
                .check(CLASSES);
    }

    @Test
    void core_dependsOn_noTransportAndNoPlugin() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.swarm.transport.nio..",
                        "dev.swarm.filecast..",
                        "dev.swarm.lockbox..",
                        "dev.swarm.puddle..",
                        "dev.swarm.examples..")
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"filecast", "lockbox", "puddle"})
    void plugins_dependOn_coreApiOnly(String plugin) {
        String[] others = Stream.of("filecast", "lockbox", "puddle")
                .filter(name -> !name.equals(plugin))
                .map(name -> "dev.swarm." + name + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage("dev.swarm." + plugin + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.swarm.transport.nio..", "dev.swarm.driver..", "dev.swarm.examples..")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.swarm.coordinate", "dev.swarm.node", "dev.swarm.schedule", "dev.swarm.lifecycle"})
    void decisions_use_noClockSocketFileOrThread(String room) {
        noClasses()
                .that()
                .resideInAPackage(room)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.nio.file..", "java.nio.channels..", "java.util.concurrent..", "dev.swarm.driver..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Clock.class)
                .check(CLASSES);
    }

    @Test
    void classes_areNamed_forWhatTheyAre() {
        List<String> names = CLASSES.stream().map(JavaClass::getSimpleName).toList();

        assertThat(names).hasSizeGreaterThan(100);
        assertThat(names).noneMatch(name -> name.matches(".*(Impl|Utils?|Helper|Manager)"));
    }

    @Test
    void providers_onTheClassPath_areFound() {
        assertThat(ServiceLoader.load(TransportProvider.class)).hasSize(1);
        assertThat(ServiceLoader.load(SubsystemProvider.class))
                .extracting(SubsystemProvider::name)
                .contains("filecast", "lockbox", "puddle");
    }
}
