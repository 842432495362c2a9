package dev.swarm.manifest;

import dev.swarm.SwarmException;
import dev.swarm.manifest.RefusedEntryException.Reason;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.PeerCertificate;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies against one authority (RFC 5280 section 6), and remembers the certificates that it accepted.
 *
 * <p>A path of one certificate is valid within that certificate's own dates or not at all, so a path that was valid at one
 * entry's time needs only its dates compared for the next.
 */
final class PkixEntryVerifier implements EntryVerifier {

    /** Certificates remembered, about 4 KiB each; with more authors than that, some paths are validated again. */
    private static final int MAX_REMEMBERED = 4096;

    /**
     * Entries remembered whose signature matched, each compared as a whole: some ten frames. Two nodes that compare manifests with
     * each other at the same time bring each entry twice, and a signature takes longer than all else about it.
     */
    private static final int MAX_MATCHED = 8192;

    /**
     * Signatures of batches remembered that matched, 150 bytes each: those of a million entries, if batches are as large as authors
     * make them.
     */
    private static final int MAX_BATCHES = 4096;

    private final FleetId fleet;
    private final TrustAnchor anchor;
    private final Predicate<X509Certificate> withdrawn;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}. */
    private final Map<AuthorCertificate, PeerCertificate> members = new Remembered();

    /** Guarded by {@link #lock}; the first added first. */
    private final Set<SignedEntry> matched = new LinkedHashSet<>();

    /** Guarded by {@link #lock}; SHA-256 of what was signed and the signature, the first added first. */
    private final Set<ByteBuffer> batches = new LinkedHashSet<>();

    PkixEntryVerifier(FleetId fleet, X509Certificate authority, Predicate<X509Certificate> withdrawn) {
        this.fleet = Objects.requireNonNull(fleet, "fleet");
        this.anchor = new TrustAnchor(authority, null);
        this.withdrawn = Objects.requireNonNull(withdrawn, "withdrawn");
    }

    @Override
    public VerifiedEntry verify(SignedEntry signed) throws RefusedEntryException {
        PeerCertificate member = member(signed);
        if (withdrawn.test(member.certificate())) {
            throw refused(Reason.WITHDRAWN, signed, "the certificate of " + member.host() + " was withdrawn", null);
        }
        if (!member.host().equals(signed.entry().author())) {
            throw refused(Reason.WRONG_AUTHOR, signed, "the certificate is that of " + member.host(), null);
        }
        if (signed.isOfBatch()) {
            checkBatch(signed, member.certificate());
        } else if (!isKnown(matched, signed)) {
            checkSignature(signed, signed.message(fleet), member.certificate());
            remember(matched, signed, MAX_MATCHED);
        }
        return new VerifiedEntry(signed, member.roles());
    }

    /** The hash is over author, size and root too, so what matched once says nothing of another entry's path. */
    private void checkBatch(SignedEntry signed, X509Certificate certificate) throws RefusedEntryException {
        byte[] message = signed.message(fleet);
        ByteBuffer batch = ByteBuffer.wrap(Sha256.of(message, signed.signature()));
        if (!isKnown(batches, batch)) {
            checkSignature(signed, message, certificate);
            remember(batches, batch, MAX_BATCHES);
        }
    }

    private <T> boolean isKnown(Set<T> known, T what) {
        synchronized (lock) {
            return known.contains(what);
        }
    }

    private <T> void remember(Set<T> known, T what, int most) {
        synchronized (lock) {
            if (known.add(what) && known.size() > most) {
                Iterator<T> eldest = known.iterator();
                eldest.next();
                eldest.remove();
            }
        }
    }

    private PeerCertificate member(SignedEntry signed) throws RefusedEntryException {
        PeerCertificate known;
        synchronized (lock) {
            known = members.get(signed.certificate());
        }
        if (known != null) {
            checkDates(signed, known.certificate());
            return known;
        }
        PeerCertificate member = read(signed);
        checkDates(signed, member.certificate());
        checkPath(signed, member.certificate());
        synchronized (lock) {
            members.put(signed.certificate(), member);
        }
        return member;
    }

    private static PeerCertificate read(SignedEntry signed) throws RefusedEntryException {
        try {
            return MemberCertificates.read(signed.certificate().parse());
        } catch (GeneralSecurityException | SwarmException | IllegalArgumentException e) {
            throw refused(Reason.NOT_A_MEMBER, signed, "its certificate cannot be used", e);
        }
    }

    private static void checkDates(SignedEntry signed, X509Certificate certificate) throws RefusedEntryException {
        Instant time = Instant.ofEpochMilli(signed.entry().clock().epochMillis());
        Instant from = certificate.getNotBefore().toInstant();
        Instant until = certificate.getNotAfter().toInstant();
        if (time.isBefore(from) || time.isAfter(until)) {
            throw refused(
                    Reason.NOT_VALID_THEN, signed, "its certificate is valid from " + from + " to " + until, null);
        }
    }

    private void checkPath(SignedEntry signed, X509Certificate certificate) throws RefusedEntryException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
            parameters.setRevocationEnabled(false);
            parameters.setDate(
                    Date.from(Instant.ofEpochMilli(signed.entry().clock().epochMillis())));
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (GeneralSecurityException e) {
            throw refused(Reason.NOT_A_MEMBER, signed, "the fleet's authority did not issue its certificate", e);
        }
    }

    private static void checkSignature(SignedEntry signed, byte[] message, X509Certificate certificate)
            throws RefusedEntryException {
        boolean matches;
        try {
            matches = SignatureScheme.of(certificate.getPublicKey())
                    .verify(certificate.getPublicKey(), message, signed.signature());
        } catch (GeneralSecurityException e) {
            throw refused(Reason.BAD_SIGNATURE, signed, "its signature cannot be read", e);
        }
        if (!matches) {
            throw refused(Reason.BAD_SIGNATURE, signed, "its signature does not match", null);
        }
    }

    private static RefusedEntryException refused(
            Reason reason, SignedEntry signed, String what, @Nullable Exception cause) {
        String detail = cause == null ? "" : ": " + cause.getMessage();
        return new RefusedEntryException(reason, "manifest entry " + signed.key() + ": " + what + detail, cause);
    }

    /** Forgets the certificate that was used longest ago. */
    private static final class Remembered extends LinkedHashMap<AuthorCertificate, PeerCertificate> {

        private static final long serialVersionUID = 1L;

        Remembered() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<AuthorCertificate, PeerCertificate> eldest) {
            return size() > MAX_REMEMBERED;
        }
    }
}
