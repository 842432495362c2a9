package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemCredentialsTest {

    private static final TestFleet FLEET = new TestFleet("fleet");

    @TempDir
    Path directory;

    @BeforeEach
    void writeMember() throws IOException {
        TestFleet.write(FLEET.node("web-01"), directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void load_eachKeyAlgorithm_givesWhatWasWritten(String algorithm) throws IOException {
        NodeCredentials written = FLEET.issue("db-01").algorithm(algorithm).build();
        TestFleet.write(written, directory);

        NodeCredentials loaded = load();

        assertThat(loaded.chain()).isEqualTo(written.chain());
        assertThat(loaded.authority()).isEqualTo(written.authority());
        assertThat(loaded.key().getEncoded()).isEqualTo(written.key().getEncoded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.crt", "node.key", "ca.crt"})
    void load_missingFile_namesIt(String file) throws IOException {
        Files.delete(directory.resolve(file));

        assertRefused().hasMessageContaining(file).hasMessageContaining("does not exist");
    }

    @Test
    void load_keyOfAnotherCertificate_isRefused() throws IOException {
        Files.writeString(
                directory.resolve("node.key"),
                TestFleet.pem("PRIVATE KEY", FLEET.node("db-01").key().getEncoded()));

        assertRefused().hasMessageContaining("does not belong to certificate");
    }

    @Test
    void load_keyOfAnotherAlgorithm_isRefused() throws IOException {
        byte[] rsa = FLEET.issue("db-01").algorithm("RSA").build().key().getEncoded();
        Files.writeString(directory.resolve("node.key"), TestFleet.pem("PRIVATE KEY", rsa));

        assertRefused().hasMessageContaining("does not belong to certificate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void load_keyInAnotherForm_saysHowToConvert(String type) throws IOException {
        Files.writeString(directory.resolve("node.key"), TestFleet.pem(type, new byte[40]));

        assertRefused().hasMessageContaining(type).hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void load_swappedFiles_saysWhatBelongsThere() {
        Path certificate = directory.resolve("node.crt");
        Path key = directory.resolve("node.key");

        assertThatThrownBy(() -> PemCredentials.load(key, certificate, directory.resolve("ca.crt")))
                .hasMessageContaining("holds a PRIVATE KEY, has to hold a CERTIFICATE");
    }

    @Test
    void load_twoAuthorities_isRefused() throws IOException {
        String one = Files.readString(directory.resolve("ca.crt"));
        Files.writeString(directory.resolve("ca.crt"), one + one);

        assertRefused().hasMessageContaining("holds 2 certificates");
    }

    @Test
    void load_noPem_isRefused() throws IOException {
        Files.writeString(directory.resolve("node.crt"), "not a certificate");

        assertRefused().hasMessageContaining("holds no certificate in PEM form");
    }

    private NodeCredentials load() {
        return PemCredentials.load(
                directory.resolve("node.crt"), directory.resolve("node.key"), directory.resolve("ca.crt"));
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertRefused() {
        return assertThatThrownBy(this::load).isInstanceOfSatisfying(SwarmException.class, e -> assertThat(e.reason())
                .isEqualTo(SwarmException.Reason.IDENTITY));
    }
}
