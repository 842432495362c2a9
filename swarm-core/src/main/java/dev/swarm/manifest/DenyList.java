package dev.swarm.manifest;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of a fleet that count no longer, signed by its authority or by an operator. Immutable.
 *
 * <p>Each list holds all that the ones before it held; of two lists the one with the higher version counts. The signature
 * covers a canonical binary encoding with a prefix of its own and the fleet's id, so nothing that was signed for another
 * purpose or fleet can pass for it.
 */
public final class DenyList {

    /** Most certificates on a list; ten times the largest fleet, replaced once each. */
    public static final int MAX_DENIALS = 100_000;

    /** Longest serial number (RFC 5280 section 4.1.2.2). */
    static final int MAX_SERIAL_BYTES = 20;

    static final int MAX_SIGNATURE_BYTES = 1_024;

    private static final byte[] DOMAIN = "swarm/deny-list/1".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HOST_BYTES = 1_024;
    private static final int ENTRY_BYTES = MAX_HOST_BYTES + MAX_SERIAL_BYTES + 16;

    private final FleetId fleet;
    private final long version;
    private final Instant issued;
    private final List<Denial> denials;
    private final Set<BigInteger> serials;
    private final AuthorCertificate signer;
    private final byte[] signature;

    /**
     * One certificate that counts no longer.
     *
     * @param host whom it named, for people
     * @param serial its serial number, which its authority gave to no other
     */
    public record Denial(PeerId host, BigInteger serial) {

        /** Checks the number's range. */
        public Denial {
            Objects.requireNonNull(host, "host");
            if (serial.signum() < 0 || serial.toByteArray().length > MAX_SERIAL_BYTES) {
                throw new IllegalArgumentException(
                        "serial number of " + host + " has to be positive and at most " + MAX_SERIAL_BYTES + " bytes");
            }
        }

        /** The denial of a certificate. */
        public static Denial of(X509Certificate certificate) {
            return new Denial(MemberCertificates.read(certificate).host(), certificate.getSerialNumber());
        }
    }

    DenyList(
            FleetId fleet,
            long version,
            Instant issued,
            List<Denial> denials,
            AuthorCertificate signer,
            byte[] signature) {
        this.fleet = fleet;
        this.version = version;
        this.issued = issued;
        this.denials = denials.stream()
                .sorted(Comparator.comparing(Denial::serial))
                .distinct()
                .toList();
        this.signer = signer;
        this.signature = signature.clone();
        this.serials = new HashSet<>();
        this.denials.forEach(denial -> serials.add(denial.serial()));
        if (version < 1) {
            throw new IllegalArgumentException("version of a deny list is " + version + ", at least 1");
        }
        if (denials.size() > MAX_DENIALS) {
            throw new IllegalArgumentException(
                    "deny list holds " + denials.size() + " certificates, limit " + MAX_DENIALS);
        }
    }

    /**
     * Signs a list.
     *
     * @param version higher than that of every list before it
     * @param issued the present, to the millisecond
     * @param denials all certificates that count no longer, those of earlier lists included
     * @param signer an operator's credentials, or the authority's own certificate and key
     */
    public static DenyList sign(long version, Instant issued, List<Denial> denials, NodeCredentials signer) {
        X509Certificate certificate = signer.certificate();
        DenyList unsigned = new DenyList(
                FleetId.of(signer.authority()),
                version,
                Instant.ofEpochMilli(issued.toEpochMilli()),
                denials,
                AuthorCertificate.of(certificate),
                new byte[0]);
        try {
            PrivateKey key = signer.key();
            byte[] proof = SignatureScheme.of(certificate.getPublicKey()).sign(key, unsigned.signedBytes());
            return new DenyList(unsigned.fleet, version, unsigned.issued, unsigned.denials, unsigned.signer, proof);
        } catch (GeneralSecurityException e) {
            throw new SwarmException(Reason.IDENTITY, "the deny list cannot be signed: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the JSON form; nothing is verified.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static DenyList parse(String json) {
        return DenyListJson.read(json);
    }

    /** The JSON form, for {@link #parse}. */
    public String toJson() {
        return DenyListJson.write(this);
    }

    /**
     * Checks that the list is this fleet's, and signed by its authority or an operator.
     *
     * @throws SwarmException with reason IDENTITY, naming what is wrong
     */
    public void verify(X509Certificate authority) {
        if (!fleet.equals(FleetId.of(authority))) {
            throw refused(
                    "it is for fleet " + fleet.tag() + ", this node is of fleet "
                            + FleetId.of(authority).tag(),
                    null);
        }
        try {
            X509Certificate certificate = signer.parse();
            if (!certificate.getPublicKey().equals(authority.getPublicKey())) {
                checkOperator(certificate, authority);
            }
            if (!SignatureScheme.of(certificate.getPublicKey())
                    .verify(certificate.getPublicKey(), signedBytes(), signature)) {
                throw refused("its signature does not match", null);
            }
        } catch (GeneralSecurityException e) {
            throw refused("its signer or signature cannot be read or was not issued by the fleet's authority", e);
        }
    }

    /** Whether a certificate counts no longer. */
    public boolean denies(X509Certificate certificate) {
        return serials.contains(certificate.getSerialNumber());
    }

    /** Its place in the order of lists. */
    public long version() {
        return version;
    }

    /** When it was signed. */
    public Instant issued() {
        return issued;
    }

    /** The certificates, by serial number. */
    public List<Denial> denials() {
        return denials;
    }

    /** Whose list it is. */
    public FleetId fleet() {
        return fleet;
    }

    /** Who signed it; nothing vouches for it before {@link #verify}. */
    public AuthorCertificate signer() {
        return signer;
    }

    byte[] signature() {
        return signature.clone();
    }

    private void checkOperator(X509Certificate certificate, X509Certificate authority) throws GeneralSecurityException {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(issued));
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
        if (!MemberCertificates.read(certificate).roles().contains(Role.OPERATOR)) {
            throw refused(
                    "it is signed by " + MemberCertificates.read(certificate).host()
                            + ", who is no operator; have an operator or the authority sign it",
                    null);
        }
    }

    private byte[] signedBytes() {
        CanonicalWriter writer = new CanonicalWriter(1_024 + AuthorCertificate.MAX_BYTES + denials.size() * ENTRY_BYTES)
                .putBytes(DOMAIN, DOMAIN.length)
                .putFixed(fleet.toBytes())
                .putLong(version)
                .putLong(issued.toEpochMilli())
                .putBytes(signer.toBytes(), AuthorCertificate.MAX_BYTES)
                .putCount(denials.size());
        for (Denial denial : denials) {
            writer.putString(denial.host().host(), MAX_HOST_BYTES)
                    .putBytes(denial.serial().toByteArray(), MAX_SERIAL_BYTES);
        }
        return writer.toByteArray();
    }

    private SwarmException refused(String why, @Nullable Exception cause) {
        String detail = cause == null ? "" : ": " + cause.getMessage();
        return new SwarmException(Reason.IDENTITY, "deny list of version " + version + ": " + why + detail, cause);
    }

    /** Equal if every signed part is. */
    @Override
    public boolean equals(Object other) {
        return other instanceof DenyList list
                && version == list.version
                && fleet.equals(list.fleet)
                && issued.equals(list.issued)
                && denials.equals(list.denials)
                && signer.equals(list.signer);
    }

    @Override
    public int hashCode() {
        return Objects.hash(version, fleet, issued, denials, signer);
    }

    @Override
    public String toString() {
        return "deny list " + version + " of " + denials.size() + " certificates";
    }
}
