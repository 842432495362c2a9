package dev.swarm.manifest;

import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.Reconciler;
import java.util.Collection;
import java.util.List;
import java.util.Queue;

/**
 * Brings two manifests together, with traffic in proportion to what they differ in.
 *
 * <p>Two nodes whose {@link ManifestCrdt#digest digests} differ exchange frames in turn. Either side, for each frame that it
 * receives: decodes it, verifies its entries and merges them, and then answers it. The exchange is over with the first frame
 * that {@linkplain SyncFrame#isFinished says and asks nothing}, which need not be sent. With A as the side that calls:
 *
 * <pre>{@code
 * A  open()             -> claims: all of my 100,000 entries add up to f
 * B  answer(...)        -> claims: mine do not; here are 8 parts and what each adds up to
 * A  answer(...)        -> claims: 7 agree; of the other, these are 8 parts
 * ...
 * B  answer(...)        -> claims: this part has 20 entries of mine, each listed with time and content
 * A  merge, answer(...) -> entries: two that you lack; wanted: one that I lack
 * B  merge, answer(...) -> entries: the one that you wanted
 * A  merge, answer(...) -> finished, not sent
 * }</pre>
 *
 * <p>Over request and response, A's frames are the requests, B's the responses; B answers a finished frame where A still
 * listens. What finds no room in a frame is left for another exchange, as {@link SyncFrame#more} says: the caller starts one at
 * once if the last one changed something here, and not otherwise. Operators' entries go first, then the newer before the
 * older. An exchange is cut off after {@link #MAX_FRAMES}; what it was about, the next one finds again.
 *
 * <p>An entry that this node refuses by its markers is neither fetched nor left standing at the other side: the answer carries
 * the revocation that ended it, if that is still kept. What the seeding gate refused is not asked for again.
 *
 * <p>Holds nothing of an exchange, so that one object serves all peers. Confined to the thread of its manifest.
 */
public final class ManifestSync {

    /** Most frames of an exchange, both sides' together: twice what it takes to find one difference in a million entries. */
    public static final int MAX_FRAMES = 24;

    /** Entries tried for the last bytes of a frame, which a short one may fit: lengths differ by the names and targets in them. */
    private static final int MAX_TOO_LONG = 16;

    private final ColumnManifest manifest;
    private final Reconciler reconciler;

    private ManifestSync(ColumnManifest manifest) {
        this.manifest = manifest;
        this.reconciler = new Reconciler(manifest.index());
    }

    /**
     * The exchanges of a manifest, which the caller keeps and may change between calls.
     *
     * @throws IllegalArgumentException if it was not made by {@link ManifestCrdt#create}
     */
    public static ManifestSync over(ManifestCrdt manifest) {
        if (manifest instanceof ColumnManifest columns) {
            return new ManifestSync(columns);
        }
        throw new IllegalArgumentException(
                "manifest of " + manifest.getClass() + " was not made by ManifestCrdt.create");
    }

    /** The frame that opens an exchange. */
    public SyncFrame open() {
        return new SyncFrame(reconciler.open(), List.of(), List.of(), false);
    }

    /**
     * A frame that brings the entries of these keys, as far as they are here, and asks nothing.
     *
     * @param maxBytes longest frame; {@link SyncFrame#FINISHED} is returned if they need more
     */
    public SyncFrame bring(Collection<KeyHash> keys, int maxBytes) {
        FrameDraft draft = new FrameDraft(manifest.index(), maxBytes);
        keys.forEach(key -> draft.send(manifest.entryOf(key)));
        SyncFrame frame = draft.finish();
        return frame.more() ? SyncFrame.FINISHED : frame;
    }

    /** Sends as many as find room: an entry is encoded to see how long it is, and there may be sixteen thousand after the frame is full. */
    private static void sendMost(FrameDraft draft, Queue<VerifiedEntry> entries) {
        int tooLong = 0;
        for (VerifiedEntry entry = entries.poll(); entry != null; entry = entries.poll()) {
            if (!draft.send(entry) && ++tooLong == MAX_TOO_LONG) {
                return;
            }
        }
    }

    /**
     * The frame that answers a peer's.
     *
     * <p>An entry that is dead here is answered with the revocation that ended it, whether the peer listed or sent it: a node set
     * back to an old backup learns so what all others have pruned.
     *
     * @param incoming the peer's frame, whose entries the caller has merged as far as they were admissible
     * @throws dev.swarm.crdt.InvalidClaimException if its claims break the rules of reconciliation
     */
    public SyncFrame answer(SyncFrame incoming) {
        Reconciler.Answer answer = reconciler.answer(incoming.claims());
        FrameDraft draft = new FrameDraft(manifest.index(), SyncFrame.MAX_BYTES);
        draft.claim(answer.claims());
        draft.want(answer.wanted().stream().filter(manifest::welcomes).toList());
        incoming.wanted().forEach(key -> draft.send(manifest.entryOf(key)));
        sendMost(draft, manifest.byPreference(answer.toSend()));
        // Last, as a frame has one entry of a key: what its author said after an old revocation must not wait behind
        // that.
        answer.wanted().forEach(listed -> draft.send(manifest.proofAgainst(listed)));
        incoming.entries().forEach(sent -> draft.send(manifest.proofAgainst(sent.version())));
        return draft.finish();
    }
}
