package dev.swarm.manifest;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Signs with a private key that the platform can use. Immutable. */
final class KeyEntrySigner implements EntrySigner {

    private static final byte[] PROBE = "swarm/key-probe/1".getBytes(StandardCharsets.US_ASCII);

    private final SignatureScheme scheme;
    private final PrivateKey key;
    private final AuthorCertificate certificate;
    private final PeerId host;
    private final FleetId fleet;

    private KeyEntrySigner(
            SignatureScheme scheme, PrivateKey key, AuthorCertificate certificate, PeerId host, FleetId fleet) {
        this.scheme = scheme;
        this.key = key;
        this.certificate = certificate;
        this.host = host;
        this.fleet = fleet;
    }

    static KeyEntrySigner of(PrivateKey key, X509Certificate certificate, FleetId fleet) {
        PeerId host = MemberCertificates.read(certificate).host();
        try {
            SignatureScheme scheme = SignatureScheme.of(certificate.getPublicKey());
            if (!scheme.verify(certificate.getPublicKey(), PROBE, scheme.sign(key, PROBE))) {
                throw failed(
                        host, "the private key is not the certificate's; use the pair that was issued together", null);
            }
            return new KeyEntrySigner(scheme, key, AuthorCertificate.of(certificate), host, fleet);
        } catch (GeneralSecurityException e) {
            throw failed(host, "the key cannot sign: " + e.getMessage(), e);
        }
    }

    @Override
    public SignedEntry sign(ManifestEntry entry) {
        return signAll(List.of(entry)).get(0);
    }

    @Override
    public List<SignedEntry> signAll(List<ManifestEntry> entries) {
        List<SignedEntry> signed = new ArrayList<>(entries.size());
        entries.forEach(this::checkAuthor);
        for (int from = 0; from < entries.size(); from += EntryBatch.PREFERRED_ENTRIES) {
            int end = Math.min(entries.size(), from + EntryBatch.PREFERRED_ENTRIES);
            signed.addAll(EntryBatch.sign(entries.subList(from, end), certificate, fleet, this::sign));
        }
        return signed;
    }

    private void checkAuthor(ManifestEntry entry) {
        if (!entry.author().equals(host)) {
            throw new IllegalArgumentException("entry " + entry + " cannot be signed by " + host);
        }
    }

    private byte[] sign(byte[] message) {
        try {
            return scheme.sign(key, message);
        } catch (GeneralSecurityException e) {
            throw failed(host, "the key cannot sign: " + e.getMessage(), e);
        }
    }

    private static SwarmException failed(PeerId host, String what, @Nullable Exception cause) {
        return new SwarmException(SwarmException.Reason.IDENTITY, "signing entries of " + host + ": " + what, cause);
    }
}
