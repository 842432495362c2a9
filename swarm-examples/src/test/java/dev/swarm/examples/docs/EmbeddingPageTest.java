package dev.swarm.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.docs.Page;
import dev.swarm.filecast.Filecast;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the page for embedders says that a host needs. */
class EmbeddingPageTest {

    private static final Map<String, String> JARS =
            Map.of("com.fasterxml.jackson.core", "jackson-core", "org.slf4j", "slf4j-api", "org.jspecify", "jspecify");

    @ParameterizedTest
    @ValueSource(classes = {SwarmNode.class, HybridTimestamp.class, Filecast.class})
    void jars_thatAModuleRequires_areNamed(Class<?> of) throws Exception {
        String needs = table();

        for (ModuleDescriptor.Requires required : module(of).requires()) {
            String name = required.name();
            if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("dev.swarm.")) {
                assertThat(needs).contains("`" + JARS.get(name) + "`");
            }
        }
    }

    @Test
    void annotations_areNeededToCompileAlone() throws Exception {
        assertThat(module(SwarmNode.class).requires())
                .filteredOn(required -> required.name().equals("org.jspecify"))
                .singleElement()
                .satisfies(required -> assertThat(required.modifiers())
                        .contains(
                                ModuleDescriptor.Requires.Modifier.STATIC,
                                ModuleDescriptor.Requires.Modifier.TRANSITIVE));
        assertThat(table()).contains("`jspecify` to compile");
    }

    private static String table() {
        String text = Page.of("docs/embedding.md").text();
        return text.substring(text.indexOf("| jar |"), text.indexOf("```xml"));
    }

    private static ModuleDescriptor module(Class<?> of) throws Exception {
        Path jar = Path.of(Objects.requireNonNull(of.getProtectionDomain().getCodeSource())
                .getLocation()
                .toURI());
        return ModuleFinder.of(jar).findAll().stream()
                .map(ModuleReference::descriptor)
                .findFirst()
                .orElseThrow();
    }
}
