package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.peer.PeerId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Reads the records of entries that this node wrote itself. Of what {@link SignedEntry#decode} checks it leaves out the canonical
 * form; hosts, targets and channels that stand in many entries are parsed once and take the room of one. Confined to one thread.
 */
final class StoredEntries {

    private final Map<ByteBuffer, AuthorCertificate> certificates = new HashMap<>();
    private final Map<String, PeerId> hosts = new HashMap<>();
    private final Map<String, TargetSpec> targets = new HashMap<>();
    private final Map<String, String> channels = new HashMap<>();
    private final MessageDigest digest = Sha256.digest();

    /** Takes a certificate that entries may name. */
    void add(AuthorCertificate certificate) {
        certificates.put(ByteBuffer.wrap(certificate.sha256()), certificate);
    }

    Iterable<AuthorCertificate> certificates() {
        return certificates.values();
    }

    /**
     * Reads what {@link SignedEntry#encode} wrote.
     *
     * @throws IllegalArgumentException if the bytes are no such record or its certificate is unknown
     */
    SignedEntry decode(byte[] record) {
        CanonicalReader reader = new CanonicalReader(record);
        byte[] body = reader.readBytes(EntryCodec.MAX_BODY_BYTES);
        ManifestEntry entry = EntryCodec.decodeStored(body, this);
        byte[] fingerprint = reader.readFixed(Sha256.BYTES);
        AuthorCertificate certificate = certificates.get(ByteBuffer.wrap(fingerprint));
        if (certificate == null) {
            throw new CanonicalFormatException("record of " + entry.key() + " names unknown certificate "
                    + HexFormat.of().formatHex(fingerprint));
        }
        EntryProof proof = EntryProof.read(reader);
        reader.expectEnd();
        return SignedEntry.ofStored(entry, body, certificate, proof, digest);
    }

    PeerId host(String name) {
        return hosts.computeIfAbsent(name, PeerId::new);
    }

    TargetSpec target(String text) {
        return targets.computeIfAbsent(text, TargetSpec::parse);
    }

    String channel(String name) {
        return channels.computeIfAbsent(name, same -> same);
    }
}
