package dev.swarm.examples.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.SystemAdapters;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialDirectoryTest {

    @TempDir
    Path directory;

    private FleetAuthority authority;
    private Path out;

    @BeforeEach
    void issueFirst() throws IOException {
        authority = create("ca");
        out = directory.resolve("out");
        issue(authority, "web-01");
    }

    @Test
    void issue_toTheSameHostAgain_replacesItsFiles() throws IOException {
        Map<String, String> before = content();

        issue(authority, "web-01");

        assertThat(content()).hasSameSizeAs(before).isNotEqualTo(before);
    }

    @Test
    void issue_intoTheDirectoryOfAnotherHost_isRefusedAndChangesNothing() throws IOException {
        assertRefused(authority, "db-01", "node.crt is of web-01");
    }

    @Test
    void issue_intoTheDirectoryOfAnotherFleet_isRefusedAndChangesNothing() throws IOException {
        FleetAuthority other = create("other");
        assertRefused(other, "web-01", "ca.crt is of another authority");

        Files.delete(out.resolve("ca.crt"));
        assertRefused(other, "web-01", "node.crt is of another authority");
    }

    @Test
    void issue_besideAKeyWithoutCertificate_isRefusedAndChangesNothing() throws IOException {
        Files.delete(out.resolve("node.crt"));

        assertRefused(authority, "web-01", "node.key is a key without its certificate");
    }

    @Test
    void open_keyOfAnotherAuthority_isRefused() throws IOException {
        FleetAuthority unused = create("other");
        Files.copy(
                directory.resolve("other/ca.key"), directory.resolve("ca/ca.key"), StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(() -> FleetAuthority.open(
                        directory.resolve("ca"), SystemAdapters.wallClock(), SystemAdapters.randomness()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("ca.key does not belong to certificate " + directory.resolve("ca/ca.crt"));
    }

    private FleetAuthority create(String name) throws IOException {
        return FleetAuthority.create(
                directory.resolve(name), "blue", SystemAdapters.wallClock(), SystemAdapters.randomness());
    }

    private void issue(FleetAuthority issuer, String host) throws IOException {
        issuer.issue(new PeerId(host), List.of(), Set.of(), out);
    }

    private void assertRefused(FleetAuthority issuer, String host, String why) throws IOException {
        Map<String, String> before = content();

        assertThatThrownBy(() -> issue(issuer, host))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("cannot issue a certificate of " + host + " to " + out)
                .hasMessageContaining(why)
                .hasMessageContaining("--out");
        assertThat(content()).isEqualTo(before);
    }

    private Map<String, String> content() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(out)) {
            for (Path file : all.toList()) {
                files.put(String.valueOf(file.getFileName()), Files.readString(file));
            }
        }
        return files;
    }
}
