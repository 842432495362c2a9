package dev.swarm.manifest;

import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.KeyRange;
import dev.swarm.crdt.RangeClaim;
import dev.swarm.crdt.ReconcileCodec;
import dev.swarm.crdt.ReconcileIndex;
import dev.swarm.crdt.VersionedKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A frame being put together within a number of bytes. */
final class FrameDraft {

    /** Most bytes of claims: half a frame, so that entries find room however much is left to compare. */
    private static final int MAX_CLAIMS_BYTES = SyncFrame.MAX_BYTES / 2;

    /** Most keys asked for: their entries fill about two frames, and asking takes a sixteenth of one. */
    private static final int MAX_WANTED = 1024;

    /** Most bytes of the claim that closes a list which was cut: kind, bounds, count and fingerprint. */
    private static final int CLOSING_CLAIM_BYTES = 64;

    private final ReconcileIndex index;
    private final int maxBytes;
    private final List<RangeClaim> claims = new ArrayList<>();
    private final List<KeyHash> wanted = new ArrayList<>();
    private final List<SignedEntry> entries = new ArrayList<>();
    private final Set<KeyHash> sent = new HashSet<>();
    private final Set<AuthorCertificate> certificates = new HashSet<>();
    private int bytes = SyncFrameCodec.FIXED_BYTES;
    private boolean more;

    FrameDraft(ReconcileIndex index, int maxBytes) {
        this.index = index;
        this.maxBytes = maxBytes;
    }

    /** Adds claims; those that find no room become one claim over all their ranges. */
    void claim(List<RangeClaim> offered) {
        for (int i = 0; i < offered.size(); i++) {
            int size = ReconcileCodec.encodeClaims(List.of(offered.get(i))).length;
            if (bytes + size > MAX_CLAIMS_BYTES - CLOSING_CLAIM_BYTES) {
                KeyHash end = offered.get(offered.size() - 1).range().until();
                claims.add(index.summarize(new KeyRange(offered.get(i).range().from(), end)));
                bytes += CLOSING_CLAIM_BYTES;
                return;
            }
            claims.add(offered.get(i));
            bytes += size;
        }
    }

    /** Asks for versions, the newest first if there are too many. */
    void want(List<VersionedKey> versions) {
        versions.stream()
                .sorted(Comparator.comparing(VersionedKey::clock).reversed())
                .limit(MAX_WANTED)
                .map(VersionedKey::key)
                .sorted()
                .forEach(wanted::add);
        bytes += wanted.size() * KeyHash.BYTES;
        more |= versions.size() > MAX_WANTED;
    }

    /** Adds an entry, if it is not null, not in the frame and finds room; false if it finds none. */
    boolean send(@Nullable VerifiedEntry entry) {
        if (entry == null || sent.contains(entry.signed().version().key())) {
            return true;
        }
        SignedEntry signed = entry.signed();
        boolean isNew = !certificates.contains(signed.certificate());
        int size = SyncFrameCodec.sizeOf(signed) + (isNew ? SyncFrameCodec.sizeOf(signed.certificate()) : 0);
        if (bytes + size > maxBytes) {
            more = true;
            return false;
        }
        bytes += size;
        certificates.add(signed.certificate());
        sent.add(signed.version().key());
        entries.add(signed);
        return true;
    }

    SyncFrame finish() {
        return new SyncFrame(claims, wanted, entries, more);
    }
}
