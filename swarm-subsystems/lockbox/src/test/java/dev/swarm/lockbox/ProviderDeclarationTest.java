package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.subsystem.SubsystemProvider;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProviderDeclarationTest {

    private static final String SERVICE = SubsystemProvider.class.getName();

    @Test
    void provider_loadedByName_makesALockbox() {
        assertThat(ServiceLoader.load(SubsystemProvider.class))
                .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("lockbox"))
                .anySatisfy(provider -> assertThat(provider.create()).isInstanceOf(Lockbox.class));
    }

    @Test
    void provider_classPathAndModulePath_nameTheSame() throws Exception {
        Path classes = Path.of(LockboxProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> onClassPath = Files.readAllLines(classes.resolve("META-INF/services/" + SERVICE));
        List<String> onModulePath =
                ModuleFinder.of(classes).find("dev.swarm.lockbox").orElseThrow().descriptor().provides().stream()
                        .filter(provides -> provides.service().equals(SERVICE))
                        .flatMap(provides -> provides.providers().stream())
                        .toList();

        assertThat(onModulePath).isEqualTo(onClassPath).isNotEmpty();
    }
}
