package dev.swarm.examples.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.SwarmException;
import dev.swarm.SystemAdapters;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PemCredentials;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetAuthorityIT {

    @TempDir
    Path directory;

    @BeforeEach
    void issue() throws IOException {
        FleetAuthority.create(directory.resolve("ca"), "test", SystemAdapters.wallClock(), SystemAdapters.randomness())
                .issue(
                        new PeerId("web-01.example"),
                        List.of(InetAddress.getLoopbackAddress()),
                        Set.of(Role.OPERATOR),
                        directory.resolve("web"));
    }

    @Test
    void issue_node_makesAMemberWithItsRole() {
        Path out = directory.resolve("web");
        NodeCredentials credentials =
                PemCredentials.load(out.resolve("node.crt"), out.resolve("node.key"), out.resolve("ca.crt"));

        assertThat(MemberCertificates.read(credentials.certificate()).host()).isEqualTo(new PeerId("web-01.example"));
        assertThat(MemberCertificates.read(credentials.certificate()).roles()).containsExactly(Role.OPERATOR);
    }

    @Test
    void issue_keys_areTheOwnersAlone() throws IOException {
        for (Path key : List.of(directory.resolve("ca/ca.key"), directory.resolve("web/node.key"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void create_twice_isRefusedAndChangesNothing() throws IOException {
        byte[] before = Files.readAllBytes(directory.resolve("ca/ca.key"));

        assertThatThrownBy(() -> FleetAuthority.create(
                        directory.resolve("ca"), "other", SystemAdapters.wallClock(), SystemAdapters.randomness()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("already");
        assertThat(directory.resolve("ca/ca.key")).hasBinaryContent(before);
    }

    @Test
    void issue_certificate_satisfiesOpenssl() throws Exception {
        assumeTrue(run("openssl", "version").startsWith("OpenSSL"), "openssl is not installed");
        String ca = directory.resolve("web/ca.crt").toString();
        String node = directory.resolve("web/node.crt").toString();

        assertThat(run("openssl", "verify", "-purpose", "sslserver", "-CAfile", ca, node))
                .endsWith("OK\n");
        assertThat(run("openssl", "verify", "-purpose", "sslclient", "-CAfile", ca, node))
                .endsWith("OK\n");
        assertThat(run("openssl", "x509", "-noout", "-text", "-in", node))
                .contains("TLS Web Server Authentication", "TLS Web Client Authentication")
                .contains("DNS:web-01.example", "IP Address:127.0.0.1", "URI:urn:swarm:role:operator");
    }

    private static String run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            return "";
        }
    }
}
