package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor makes of a directory on which no node runs. */
class DoctorCommandTest {

    @TempDir
    Path directory;

    private Path data;

    @BeforeEach
    void makeData() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
    }

    @Test
    void doctor_configThatIsADirectory_isAFindingAmongOthers() {
        Map<String, Map<?, ?>> checks = doctor("--config", directory.toString());

        assertFailed(checks.get("config"), directory + " is no regular file");
        assertThat(checks).containsKeys("certificate", "gates", "disk", "seeds", "leftovers");
    }

    @Test
    void doctor_stateThatIsADirectory_isAFindingAmongOthers() throws IOException {
        Files.createDirectory(data.resolve("state.json"));

        Map<String, Map<?, ?>> checks = doctor();

        assertFailed(checks.get("state-files"), "state.json is no regular file");
        assertThat(checks).containsKeys("certificate", "gates", "disk", "seeds", "leftovers");
    }

    @Test
    void doctor_stateThatIsNoText_isAFindingAmongOthers() throws IOException {
        Files.write(data.resolve("state.json"), new byte[] {'{', (byte) 0xff, '}'});

        Map<String, Map<?, ?>> checks = doctor();

        assertFailed(checks.get("state-files"), "state.json cannot be used");
        assertThat(checks).containsKeys("disk", "seeds", "leftovers");
    }

    @Test
    void doctor_stateThatNamesNoAddress_isAFindingAmongOthers() throws IOException {
        Files.writeString(data.resolve("state.json"), "{\"listen\":\"somewhere\"}");

        Map<String, Map<?, ?>> checks = doctor();

        assertFailed(checks.get("tcp"), "'somewhere'");
        assertThat(checks).containsKeys("disk", "seeds", "leftovers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"certificate", "config", "gates", "seeds", "descriptors"})
    void doctor_whatNobodyCouldLookAt_isNotCalledSound(String name) {
        Map<?, ?> check = doctor().get(name);

        assertThat(check.get("skipped")).isEqualTo(true);
        assertThat(String.valueOf(check.get("finding"))).startsWith("not looked at: ");
        assertThat(String.valueOf(check.get("remedy"))).isNotEmpty();
    }

    private static void assertFailed(Map<?, ?> check, String finding) {
        assertThat(check.get("ok")).isEqualTo(false);
        assertThat(String.valueOf(check.get("finding"))).contains(finding);
        assertThat(String.valueOf(check.get("remedy"))).isNotEmpty();
    }

    private Map<String, Map<?, ?>> doctor(String... further) {
        List<String> arguments = new ArrayList<>(List.of("doctor", "--json", "--data", data.toString()));
        arguments.addAll(List.of(further));
        NodeProcesses.Answer answer = NodeProcesses.swarm(arguments.toArray(String[]::new));
        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isEqualTo(1);
        Map<String, Map<?, ?>> checks = new TreeMap<>();
        for (Object element : (List<?>) JsonText.readObject(answer.out()).get("checks")) {
            Map<?, ?> check = (Map<?, ?>) element;
            checks.put(String.valueOf(check.get("name")), check);
        }
        return checks;
    }
}
