package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Which directory a verb is about. */
class DataOptionTest {

    private static final Path HOME = Path.of("/srv/ann");

    @Test
    void defaultPath_ofAPerson_isInTheirHomeUnlessTheEnvironmentNamesOne() {
        assertThat(DataOption.defaultPath(null, "ann", HOME)).isEqualTo(Path.of("/srv/ann/.local/share/swarm"));
        assertThat(DataOption.defaultPath("", "root", HOME)).isEqualTo(Path.of("/var/lib/swarm"));
        assertThat(DataOption.defaultPath("/srv/swarm", "ann", HOME)).isEqualTo(Path.of("/srv/swarm"));
    }
}
