package dev.swarm.manifest;

import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Members of a fleet for tests and simulation: a certificate is a line of text, a signature a hash.
 *
 * <p>Verification catches whatever alters an entry, at a hundredth of the price of real signatures. Anybody can sign as anybody.
 */
public final class ModelledMembers {

    /** As long as the certificates that a fleet's authority issues for a name, an address and a role. */
    private static final int CERTIFICATE_BYTES = 430;

    private ModelledMembers() {}

    /** Signs as a host with roles. */
    public static EntrySigner signer(FleetId fleet, PeerId host, Role... roles) {
        StringBuilder line = new StringBuilder(host.host());
        EnumSet<Role> sorted = EnumSet.noneOf(Role.class);
        sorted.addAll(List.of(roles));
        sorted.forEach(role -> line.append(' ').append(role.name()));
        line.append(" ".repeat(CERTIFICATE_BYTES - line.length()));
        AuthorCertificate certificate = AuthorCertificate.of(line.toString().getBytes(StandardCharsets.US_ASCII));
        return new EntrySigner() {
            @Override
            public SignedEntry sign(ManifestEntry entry) {
                return signAll(List.of(entry)).get(0);
            }

            @Override
            public List<SignedEntry> signAll(List<ManifestEntry> entries) {
                return EntryBatch.sign(entries, certificate, fleet, Sha256::of);
            }
        };
    }

    /** Verifies what {@link #signer} signed for a fleet. */
    public static EntryVerifier verifier(FleetId fleet) {
        return signed -> {
            String[] words = new String(signed.certificate().toBytes(), StandardCharsets.US_ASCII).split(" ");
            if (!words[0].equals(signed.entry().author().host())) {
                throw new RefusedEntryException(RefusedEntryException.Reason.WRONG_AUTHOR, "signed by " + words[0]);
            }
            if (!Arrays.equals(Sha256.of(signed.message(fleet)), signed.signature())) {
                throw new RefusedEntryException(RefusedEntryException.Reason.BAD_SIGNATURE, "altered " + signed);
            }
            Set<Role> roles = EnumSet.noneOf(Role.class);
            Arrays.stream(words).skip(1).map(Role::valueOf).forEach(roles::add);
            return new VerifiedEntry(signed, roles);
        };
    }
}
