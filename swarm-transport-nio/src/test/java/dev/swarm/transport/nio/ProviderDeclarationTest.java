package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.TransportProvider;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProviderDeclarationTest {

    private static final String SERVICE = TransportProvider.class.getName();

    @Test
    void provider_isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(TransportProvider.class))
                .anySatisfy(provider -> assertThat(provider).isInstanceOf(NioTransportProvider.class));
    }

    @Test
    void provider_classPathAndModulePath_nameTheSame() throws Exception {
        Path classes = Path.of(NioTransportProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<String> onClassPath = Files.readAllLines(classes.resolve("META-INF/services/" + SERVICE));
        List<String> onModulePath =
                ModuleFinder.of(classes).find("dev.swarm.transport.nio").orElseThrow().descriptor().provides().stream()
                        .filter(provides -> provides.service().equals(SERVICE))
                        .flatMap(provides -> provides.providers().stream())
                        .toList();

        assertThat(onModulePath).isEqualTo(onClassPath).isNotEmpty();
    }
}
