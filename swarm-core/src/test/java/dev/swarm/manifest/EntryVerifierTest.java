package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.swarm.SwarmException;
import dev.swarm.manifest.RefusedEntryException.Reason;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryVerifierTest {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final TestFleet STRANGERS = new TestFleet("strangers");
    private static final FleetId FLEET_ID = FleetId.of(FLEET.authority());
    private static final EntryVerifier VERIFIER = EntryVerifier.of(FLEET_ID, FLEET.authority());
    private static final NodeCredentials WEB = FLEET.node("web-01");

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void verify_signedByMember_isAccepted(String algorithm) throws RefusedEntryException {
        NodeCredentials member = FLEET.issue("web-01").algorithm(algorithm).build();
        SignedEntry signed = sign(member, entry(member));

        assertThat(VERIFIER.verify(signed).signed()).isEqualTo(signed);
        assertThat(VERIFIER.verify(signed).roles()).isEmpty();
    }

    @Test
    void verify_operatorsCertificate_grantsItsRoles() throws RefusedEntryException {
        NodeCredentials member = FLEET.node("ops", Role.OPERATOR, Role.COORDINATOR);

        VerifiedEntry verified = VERIFIER.verify(sign(member, entry(member)));

        assertThat(verified.roles()).containsExactlyInAnyOrder(Role.OPERATOR, Role.COORDINATOR);
        assertThat(verified.isByOperator()).isTrue();
    }

    @Test
    void verify_memberOfAnotherFleet_isRefused() {
        NodeCredentials stranger = STRANGERS.node("web-01", Role.OPERATOR);

        assertRefused(Reason.NOT_A_MEMBER, () -> VERIFIER.verify(sign(stranger, entry(stranger))));
    }

    @Test
    void verify_authoritySignedByTheSameNameAndOtherKey_isRefused() {
        NodeCredentials forged = new TestFleet("fleet").node("web-01");

        assertRefused(Reason.NOT_A_MEMBER, () -> VERIFIER.verify(sign(forged, entry(forged))));
    }

    @Test
    void verify_certificateOfGarbage_isRefused() {
        SignedEntry garbage =
                new SignedEntry(entry(WEB).build(), AuthorCertificate.of(new byte[] {1, 2, 3}), new byte[] {4});

        assertRefused(Reason.NOT_A_MEMBER, () -> VERIFIER.verify(garbage));
    }

    @Test
    void verify_authorOtherThanTheCertificatesHost_isRefused() {
        ManifestEntry others = entry(FLEET.node("web-02")).build();
        SignedEntry signed = signAs(WEB, others);

        assertRefused(Reason.WRONG_AUTHOR, () -> VERIFIER.verify(signed));
    }

    @Test
    void verify_anyFieldAltered_isRefused() {
        SignedEntry signed = sign(WEB, entry(WEB));

        for (var change : ManifestEntryTest.changes()) {
            ManifestEntry altered = change.apply(signed.entry().toBuilder()).build();
            SignedEntry forged = new SignedEntry(altered, signed.certificate(), signed.signature());
            assertThatThrownBy(() -> VERIFIER.verify(forged))
                    .as(altered.toString())
                    .isInstanceOf(RefusedEntryException.class);
        }
    }

    @Test
    void verify_everyByteOfSignatureFlipped_isRefused() {
        SignedEntry signed = sign(WEB, entry(WEB));

        for (int i = 0; i < signed.signature().length; i++) {
            byte[] signature = signed.signature();
            signature[i] ^= 1;
            SignedEntry forged = new SignedEntry(signed.entry(), signed.certificate(), signature);
            assertRefused(Reason.BAD_SIGNATURE, () -> VERIFIER.verify(forged));
        }
    }

    @Test
    void verify_otherSignatureOfAnAcceptedEntry_isRefused() throws RefusedEntryException {
        SignedEntry signed = sign(WEB, entry(WEB));
        VERIFIER.verify(signed);
        byte[] signature = signed.signature();
        signature[signature.length - 1] ^= 1;

        assertRefused(
                Reason.BAD_SIGNATURE,
                () -> VERIFIER.verify(new SignedEntry(signed.entry(), signed.certificate(), signature)));
        assertThat(VERIFIER.verify(signed).signed()).isEqualTo(signed);
    }

    @Test
    void verify_signedForAnotherFleet_isRefused() {
        FleetId other = FleetId.of(STRANGERS.authority());
        SignedEntry signed = EntrySigner.of(WEB.key(), WEB.certificate(), other)
                .sign(entry(WEB).build());

        assertRefused(Reason.BAD_SIGNATURE, () -> VERIFIER.verify(signed));
    }

    @Test
    void verify_otherCertificateOfTheSameKey_isRefused() {
        NodeCredentials plain = FLEET.node("ops");
        NodeCredentials raised = FLEET.node("ops", Role.OPERATOR);
        SignedEntry signed = sign(plain, entry(raised));
        SignedEntry swapped =
                new SignedEntry(signed.entry(), AuthorCertificate.of(raised.certificate()), signed.signature());

        assertRefused(Reason.BAD_SIGNATURE, () -> VERIFIER.verify(swapped));
    }

    @Test
    void verify_certificateExpiredSince_countsForEntriesOfItsTime() throws RefusedEntryException {
        NodeCredentials expired = FLEET.issue("web-01").expired().build();

        assertThat(VERIFIER.verify(sign(expired, entry(expired))).roles()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void verify_entryOutsideTheCertificatesTime_isRefused(boolean knownCertificate) throws RefusedEntryException {
        NodeCredentials member = FLEET.node("web-03");
        X509Certificate certificate = member.certificate();
        if (knownCertificate) {
            VERIFIER.verify(sign(member, entry(member)));
        }
        ManifestEntry.Builder before = entry(member)
                .clock(Fixtures.at(certificate.getNotBefore().toInstant().toEpochMilli() - 1));
        ManifestEntry.Builder after = entry(member)
                .clock(Fixtures.at(certificate.getNotAfter().toInstant().toEpochMilli() + 1));

        assertRefused(Reason.NOT_VALID_THEN, () -> VERIFIER.verify(sign(member, before)));
        assertRefused(Reason.NOT_VALID_THEN, () -> VERIFIER.verify(sign(member, after)));
    }

    @Test
    void verify_certificateWithdrawnWhileKnown_isRefused() throws RefusedEntryException {
        AtomicReference<X509Certificate> withdrawn = new AtomicReference<>();
        EntryVerifier verifier =
                EntryVerifier.of(FLEET_ID, FLEET.authority(), certificate -> certificate.equals(withdrawn.get()));
        SignedEntry signed = sign(WEB, entry(WEB));
        verifier.verify(signed);

        withdrawn.set(WEB.certificate());

        assertRefused(Reason.WITHDRAWN, () -> verifier.verify(signed));
    }

    @Test
    void sign_entryOfAnotherHost_throws() {
        ManifestEntry others = entry(FLEET.node("web-02")).build();

        assertThatThrownBy(() -> signer(WEB).sign(others)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void signer_keyOfAnotherCertificate_throwsAtOnce(String algorithm) {
        PrivateKey other = FLEET.issue("web-01").algorithm(algorithm).build().key();
        X509Certificate certificate = FLEET.node("web-01").certificate();

        assertThatThrownBy(() -> EntrySigner.of(other, certificate, FLEET_ID))
                .asInstanceOf(type(SwarmException.class))
                .extracting(SwarmException::reason)
                .isEqualTo(SwarmException.Reason.IDENTITY);
    }

    @Test
    void fleetId_ofAuthority_isStableAndTagged() {
        assertThat(FleetId.of(FLEET.authority())).isEqualTo(FLEET_ID).isNotEqualTo(FleetId.of(STRANGERS.authority()));
        assertThat(FLEET_ID.tag()).hasSize(16).isEqualTo(FLEET_ID.hex().substring(0, 16));
        assertThat(FLEET_ID.toBytes()).hasSize(FleetId.BYTES);
        assertThatThrownBy(() -> new FleetId("AB".repeat(32))).isInstanceOf(IllegalArgumentException.class);
    }

    private static ManifestEntry.Builder entry(NodeCredentials author) {
        X509Certificate certificate = author.certificate();
        long time = certificate
                .getNotBefore()
                .toInstant()
                .plus(Duration.ofMinutes(1))
                .toEpochMilli();
        String host = certificate.getSubjectX500Principal().getName().replace("CN=", "");
        return Fixtures.entry(host, 1, time);
    }

    private static EntrySigner signer(NodeCredentials credentials) {
        return EntrySigner.of(credentials.key(), credentials.certificate(), FLEET_ID);
    }

    private static SignedEntry sign(NodeCredentials credentials, ManifestEntry.Builder entry) {
        return signer(credentials).sign(entry.build());
    }

    /** Signs what a signer refuses to sign. */
    private static SignedEntry signAs(NodeCredentials credentials, ManifestEntry entry) {
        AuthorCertificate certificate = AuthorCertificate.of(credentials.certificate());
        try {
            byte[] message = SignedEntry.signedBytes(entry, certificate, FLEET_ID);
            return new SignedEntry(entry, certificate, SignatureScheme.ECDSA.sign(credentials.key(), message));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(Reason reason, ThrowingCallable verification) {
        assertThatThrownBy(verification)
                .asInstanceOf(type(RefusedEntryException.class))
                .extracting(RefusedEntryException::reason)
                .isEqualTo(reason);
    }
}
