package dev.swarm.manifest;

import dev.swarm.SwarmException;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signs with a private key that the platform can use and verifies against one authority. Immutable. */
final class KeyMemberStatements implements MemberStatements {

    private static final Pattern DOMAIN = Pattern.compile("[!-~]{1,64}");

    private final NodeCredentials credentials;
    private final FleetId fleet;
    private final AuthorCertificate certificate;
    private final Predicate<X509Certificate> withdrawn;

    KeyMemberStatements(NodeCredentials credentials, Predicate<X509Certificate> withdrawn) {
        this.credentials = credentials;
        this.fleet = FleetId.of(credentials.authority());
        this.certificate = AuthorCertificate.of(credentials.certificate());
        this.withdrawn = Objects.requireNonNull(withdrawn, "withdrawn");
    }

    @Override
    public FleetId fleet() {
        return fleet;
    }

    @Override
    public MemberSignature sign(String domain, byte[] statement) {
        try {
            byte[] signature = SignatureScheme.of(credentials.certificate().getPublicKey())
                    .sign(credentials.key(), message(domain, statement));
            return new MemberSignature(certificate, signature);
        } catch (GeneralSecurityException e) {
            throw refused("signing a statement for " + domain + ": the key cannot sign", e);
        }
    }

    @Override
    public PeerCertificate signer(String domain, byte[] statement, MemberSignature signature, Instant time) {
        X509Certificate shown = parse(signature.certificate());
        PeerCertificate member = MemberCertificates.read(shown);
        if (withdrawn.test(shown)) {
            throw refused("the certificate of " + member.host() + " was withdrawn", null);
        }
        checkPath(shown, member, time);
        try {
            if (SignatureScheme.of(shown.getPublicKey())
                    .verify(shown.getPublicKey(), message(domain, statement), signature.toBytes())) {
                return member;
            }
        } catch (GeneralSecurityException e) {
            throw refused("the signature of " + member.host() + " for " + domain + " cannot be read", e);
        }
        throw refused("the signature of " + member.host() + " for " + domain + " does not match", null);
    }

    private static X509Certificate parse(AuthorCertificate certificate) {
        try {
            return certificate.parse();
        } catch (GeneralSecurityException e) {
            throw refused("the certificate of a statement cannot be read", e);
        }
    }

    private void checkPath(X509Certificate shown, PeerCertificate member, Instant time) {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(credentials.authority(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(time));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(shown)), parameters);
        } catch (GeneralSecurityException e) {
            throw refused("the fleet's authority vouches for no certificate of " + member.host() + " at " + time, e);
        }
    }

    private byte[] message(String domain, byte[] statement) {
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalArgumentException(
                    "domain has to be 1 to 64 visible ASCII characters; it has " + domain.length());
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(
                ("swarm-member/1\0" + fleet.hex() + "\0" + domain + "\0").getBytes(StandardCharsets.US_ASCII));
        message.writeBytes(statement);
        return message.toByteArray();
    }

    private static SwarmException refused(String what, @Nullable Exception cause) {
        String detail = cause == null ? "" : ": " + cause.getMessage();
        return new SwarmException(SwarmException.Reason.IDENTITY, what + detail, cause);
    }
}
