package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BuildVersionTest {

    @Test
    void text_isTheVersionOfTheProject() throws IOException {
        Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(Path.of("pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(BuildVersion.text()).isEqualTo(version.group(1));
        assertThat(SwarmNode.version()).isEqualTo(version.group(1));
        assertThat(JsonText.readObject(BuildVersion.trait())).containsEntry("version", version.group(1));
    }
}
