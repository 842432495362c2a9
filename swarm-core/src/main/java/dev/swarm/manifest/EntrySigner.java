package dev.swarm.manifest;

import dev.swarm.transport.NodeCredentials;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Signs a node's own entries. Safe for many threads. */
@FunctionalInterface
public interface EntrySigner {

    /**
     * Signs an entry. Takes from a tenth of a millisecond to some milliseconds, by kind of key.
     *
     * @throws IllegalArgumentException if the entry's author is not the signer's own host
     * @throws dev.swarm.SwarmException with reason IDENTITY if the key fails
     */
    SignedEntry sign(ManifestEntry entry);

    /**
     * Signs entries, in their order. A signer with a key in memory makes one signature for up to 256; each entry that it returns
     * can be verified without the others.
     *
     * @throws IllegalArgumentException if the author of one is not the signer's own host
     * @throws dev.swarm.SwarmException with reason IDENTITY if the key fails
     */
    default List<SignedEntry> signAll(List<ManifestEntry> entries) {
        return entries.stream().map(this::sign).toList();
    }

    /**
     * A signer with a key in memory: EC signs as SHA256withECDSA, Ed25519 as itself, RSA as RSASSA-PSS with SHA-256.
     *
     * @throws dev.swarm.SwarmException with reason IDENTITY if the certificate names no host or is not of this key
     */
    static EntrySigner of(PrivateKey key, X509Certificate certificate, FleetId fleet) {
        return KeyEntrySigner.of(key, certificate, fleet);
    }

    /**
     * A signer with a node's key.
     *
     * @throws dev.swarm.SwarmException with reason IDENTITY as above
     */
    static EntrySigner of(NodeCredentials credentials, FleetId fleet) {
        return of(credentials.key(), credentials.certificate(), fleet);
    }
}
