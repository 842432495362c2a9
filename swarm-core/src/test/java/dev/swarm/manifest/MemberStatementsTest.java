package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberStatementsTest {

    private static final byte[] STATEMENT = "something".getBytes(StandardCharsets.US_ASCII);

    private final TestFleet fleet = new TestFleet("one");
    private final MemberStatements here = MemberStatements.of(fleet.node("here"), certificate -> false);

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void signer_ofTheSameFleet_isTheMemberWithItsRoles(String algorithm) {
        NodeCredentials operator =
                fleet.issue("ops").algorithm(algorithm).roles(Role.OPERATOR).build();
        MemberSignature signature =
                MemberStatements.of(operator, certificate -> false).sign("test/1", STATEMENT);

        PeerCertificate signer = here.signer("test/1", STATEMENT, signature, Instant.now());

        assertThat(signer.host().host()).isEqualTo("ops");
        assertThat(signer.roles()).containsExactly(Role.OPERATOR);
    }

    @Test
    void signer_otherDomainOrStatement_isRefused() {
        MemberSignature signature = here.sign("test/1", STATEMENT);

        assertRefused(() -> here.signer("test/2", STATEMENT, signature, Instant.now()));
        assertRefused(() -> here.signer("test/1", new byte[1], signature, Instant.now()));
    }

    @Test
    void signer_ofAnotherFleet_isRefused() {
        TestFleet other = new TestFleet("one");
        MemberSignature signature =
                MemberStatements.of(other.node("here"), certificate -> false).sign("test/1", STATEMENT);

        assertRefused(() -> here.signer("test/1", STATEMENT, signature, Instant.now()));
    }

    @Test
    void signer_withdrawnOrNotValidThen_isRefused() {
        MemberSignature signature = here.sign("test/1", STATEMENT);
        MemberStatements strict = MemberStatements.of(fleet.node("there"), certificate -> true);

        assertRefused(() -> strict.signer("test/1", STATEMENT, signature, Instant.now()));
        assertRefused(
                () -> here.signer("test/1", STATEMENT, signature, Instant.now().minus(Duration.ofDays(1000))));
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable verifying) {
        assertThatThrownBy(verifying).isInstanceOfSatisfying(SwarmException.class, e -> assertThat(e.reason())
                .isEqualTo(SwarmException.Reason.IDENTITY));
    }
}
