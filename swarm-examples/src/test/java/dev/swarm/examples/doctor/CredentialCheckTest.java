package dev.swarm.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialCheckTest {

    @TempDir
    Path directory;

    private final TestFleet fleet = new TestFleet("fleet");

    @Test
    void of_soundCredentials_tellsHostAndEnd() throws IOException {
        Check check = check(write(fleet.node("web-1")), Instant.now());

        assertThat(check.ok()).as(check.finding()).isTrue();
        assertThat(check.finding()).contains("web-1", "until");
    }

    @Test
    void of_certificateWithoutServerUsage_namesIt() throws IOException {
        Path at = write(fleet.issue("web-1").usages(TestFleet.Usage.CLIENT_AUTH).build());

        assertFailed(check(at, Instant.now()), "serverAuth", "issue it again");
    }

    @Test
    void of_expiredCertificate_namesItsEnd() throws IOException {
        assertFailed(
                check(write(fleet.issue("web-1").expired().build()), Instant.now()), "expired at", "new certificate");
    }

    @Test
    void of_certificateThatEndsSoon_isToldBefore() throws IOException {
        NodeCredentials credentials = fleet.node("web-1");
        Instant dayBefore = credentials.certificate().getNotAfter().toInstant().minus(Duration.ofDays(1));

        assertFailed(check(write(credentials), dayBefore), "expires at", "new certificate");
    }

    @Test
    void of_certificateThatHasNotBegun_blamesTheClock() throws IOException {
        NodeCredentials credentials = fleet.node("web-1");
        Instant before = credentials.certificate().getNotBefore().toInstant().minus(Duration.ofDays(1));

        assertFailed(check(write(credentials), before), "is valid from", "clock");
    }

    @Test
    void of_keyOfAnotherCertificate_namesBoth() throws IOException {
        Path at = write(fleet.node("web-1"));
        TestFleet.write(fleet.node("web-2"), Files.createDirectory(directory.resolve("other")));
        Files.copy(directory.resolve("other/node.key"), at.resolve("node.key"), StandardCopyOption.REPLACE_EXISTING);

        assertFailed(check(at, Instant.now()), "does not belong to certificate", "same request");
    }

    @Test
    void of_authorityOfAnotherFleet_namesBoth() throws IOException {
        Path at = write(fleet.node("web-1"));
        Files.writeString(
                at.resolve("ca.crt"), TestFleet.pem("CERTIFICATE", encoded(new TestFleet("other").node("x"))));

        assertFailed(check(at, Instant.now()), "was not issued by the authority", "issued");
    }

    @Test
    void of_fileThatIsMissing_isNamed() {
        assertFailed(check(directory.resolve("none"), Instant.now()), "node.crt", "");
    }

    private static byte[] encoded(NodeCredentials credentials) {
        try {
            return credentials.authority().getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertFailed(Check check, String finding, String remedy) {
        assertThat(check.ok()).isFalse();
        assertThat(check.finding()).contains(finding).doesNotContain("\n");
        assertThat(check.remedy()).contains(remedy).isNotEmpty().doesNotContain("\n");
    }

    private Path write(NodeCredentials credentials) throws IOException {
        Path at = Files.createDirectory(directory.resolve("credentials"));
        TestFleet.write(credentials, at);
        return at;
    }

    private static Check check(Path at, Instant now) {
        return CredentialCheck.of(at.resolve("node.crt"), at.resolve("node.key"), at.resolve("ca.crt"), now);
    }
}
