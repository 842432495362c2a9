package dev.swarm.examples.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.SwarmException;
import dev.swarm.SystemAdapters;
import dev.swarm.manifest.DenyList;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PemCredentials;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
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

    @Test
    void deny_hostWithSeveralCertificates_deniesAllOfThemAndNoOthers() throws IOException {
        FleetAuthority authority = open();
        NodeCredentials first = issue(authority, "db", "db-1");
        NodeCredentials second = issue(authority, "db", "db-2");
        NodeCredentials other = issue(authority, "cache", "cache");

        DenyList list = authority.deny(new PeerId("db"), directory.resolve("deny.json"));

        assertThat(list.version()).isEqualTo(1);
        assertThat(list.denies(first.certificate())).isTrue();
        assertThat(list.denies(second.certificate())).isTrue();
        assertThat(list.denies(other.certificate())).isFalse();
        DenyList.parse(Files.readString(directory.resolve("deny.json"))).verify(first.authority());
    }

    @Test
    void deny_oneHostAfterAnother_addsToTheListAndRaisesItsVersion() throws IOException {
        NodeCredentials first = issue(open(), "db", "db");
        NodeCredentials second = issue(open(), "cache", "cache");
        Path out = directory.resolve("deny.json");

        open().deny(new PeerId("db"), out);
        DenyList list = open().deny(new PeerId("cache"), out);

        assertThat(list.version()).isEqualTo(2);
        assertThat(list.denies(first.certificate())).isTrue();
        assertThat(list.denies(second.certificate())).isTrue();
        assertThat(DenyList.parse(Files.readString(out))).isEqualTo(list);
    }

    @Test
    void deny_hostIsDeniedAlready_writesTheSameListAgain() throws IOException {
        issue(open(), "db", "db");
        DenyList list = open().deny(new PeerId("db"), directory.resolve("first.json"));

        DenyList again = open().deny(new PeerId("db"), directory.resolve("second.json"));

        assertThat(again).isEqualTo(list);
        assertThat(directory.resolve("second.json")).hasSameTextualContentAs(directory.resolve("first.json"));
    }

    @Test
    void deny_certificateIssuedAfterTheDenial_countsUntilItIsDeniedToo() throws IOException {
        issue(open(), "db", "db-1");
        Path out = directory.resolve("deny.json");
        open().deny(new PeerId("db"), out);
        NodeCredentials next = issue(open(), "db", "db-2");
        assertThat(DenyList.parse(Files.readString(out)).denies(next.certificate()))
                .isFalse();

        DenyList list = open().deny(new PeerId("db"), out);

        assertThat(list.version()).isEqualTo(2);
        assertThat(list.denials()).hasSize(2);
    }

    @Test
    void deny_listCannotBeWrittenOut_noTwoListsShareAVersion() throws IOException {
        issue(open(), "db", "db");
        issue(open(), "cache", "cache");
        Path blocked =
                Files.createDirectories(directory.resolve("deny.json/inside")).getParent();
        assertThatThrownBy(() -> open().deny(new PeerId("db"), blocked)).isInstanceOf(IOException.class);

        DenyList db = open().deny(new PeerId("db"), directory.resolve("out.json"));
        DenyList both = open().deny(new PeerId("cache"), directory.resolve("out.json"));

        assertThat(db.version()).isEqualTo(1);
        assertThat(both.version()).isEqualTo(2);
        assertThat(both.denials()).hasSize(2);
    }

    @Test
    void deny_outInNoDirectory_isRefusedBeforeAnythingIsSigned() throws IOException {
        issue(open(), "db", "db");

        assertThatThrownBy(() -> open().deny(new PeerId("db"), directory.resolve("none/deny.json")))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("there is no directory " + directory.resolve("none"));
        assertThat(directory.resolve("ca/deny-list.json")).doesNotExist();
    }

    @Test
    void issue_serialNumbers_areLongAndDiffer() throws IOException {
        Set<BigInteger> serials = new HashSet<>();
        for (int i = 0; i < 8; i++) {
            BigInteger serial = issue(open(), "db", "db-" + i).certificate().getSerialNumber();
            assertThat(serial.bitLength()).isEqualTo(127);
            serials.add(serial);
        }

        assertThat(serials).hasSize(8);
    }

    private FleetAuthority open() throws IOException {
        return FleetAuthority.open(directory.resolve("ca"), SystemAdapters.wallClock(), SystemAdapters.randomness());
    }

    private NodeCredentials issue(FleetAuthority authority, String host, String name) throws IOException {
        Path out = directory.resolve(name);
        authority.issue(new PeerId(host), List.of(), Set.of(), out);
        return PemCredentials.load(out.resolve("node.crt"), out.resolve("node.key"), out.resolve("ca.crt"));
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
