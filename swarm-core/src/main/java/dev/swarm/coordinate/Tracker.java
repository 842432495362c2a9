package dev.swarm.coordinate;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator keeps of those who check in: in memory, and nothing that it cannot do without. Pure and confined; times are
 * nanoseconds of the caller's ticker.
 *
 * <p>A member has one member, under the name in its certificate, so that all a hostile one can fill is its own. When there is no
 * room, records give way that were silent for longest, and never one that is fresh: who comes last then gets his answer and is
 * not remembered.
 */
public final class Tracker {

    /** A node that checked in within this time is named to others and keeps its place: several cycles, and as many retries. */
    static final long FRESH_NANOS = 60_000_000_000L;

    /** A node is forgotten after an hour: until then a person can see when it was last there. */
    static final long FORGET_NANOS = 3_600_000_000_000L;

    /** A document that there was no room for is not asked for again for this long. */
    static final long REFUSED_NANOS = 60_000_000_000L;

    /** What a blob that a node holds takes in memory, in both directions, as HotSpot lays it out. */
    private static final int BLOB_BYTES = 128;

    private final Bounds bounds;
    private final DialPolicy dial;
    private final RandomGenerator random;

    /** Longest silent first. */
    private final Map<PeerId, Member> records = new LinkedHashMap<>();

    private final PickSet<Member> named = new PickSet<>();
    private final Map<BlobId, PickSet<Member>> holders = new HashMap<>();
    private long bytes;

    /**
     * How much is kept.
     *
     * @param nodes records
     * @param bytesPerNode what the documents of one node may take, and the index of the blobs that they name
     * @param bytes the same of all nodes together
     */
    public record Bounds(int nodes, int bytesPerNode, long bytes) {

        /** For fleets of up to some ten thousand nodes, in a process that can spare 64 MiB. */
        public static final Bounds DEFAULT =
                new Bounds(16_384, CheckIn.MAX_QUESTION_BYTES + TraitDocument.MAX_BLOBS * BLOB_BYTES, 64L << 20);
    }

    /**
     * A tracker that knows nobody.
     *
     * @param dial which addresses are named to others
     * @param random draws who is named
     */
    public Tracker(Bounds bounds, DialPolicy dial, RandomGenerator random) {
        this.bounds = bounds;
        this.dial = dial;
        this.random = random;
    }

    /** One node. */
    private static final class Member {
        private final PeerId host;
        private final Map<String, Kept> traits = new HashMap<>();
        private PeerAddress address;
        private long seen;

        Member(PeerId host, PeerAddress address) {
            this.host = host;
            this.address = address;
        }

        /** What tells of its blobs, if that is here. */
        @Nullable
        TraitDocument ofBlobs() {
            Kept kept = traits.get(TraitDocument.OF_BLOBS);
            return kept == null ? null : kept.document();
        }

        long bytes() {
            return traits.values().stream().mapToLong(Kept::bytes).sum();
        }
    }

    /** A trait: its document, or since when there is no room for it. */
    private record Kept(TraitDigest digest, @Nullable TraitDocument document, long since) {

        long bytes() {
            return document == null ? 0 : Tracker.bytes(document);
        }
    }

    /**
     * Takes a node's report and answers it.
     *
     * @param host who checks in, as its certificate tells
     * @param address where it listens
     * @param manifest the digest of the coordinator's manifest
     */
    public CheckIn.Answer checkIn(
            PeerId host, PeerAddress address, CheckIn.Question question, Fingerprint manifest, long now) {
        forgetSilent(now);
        Member known = records.remove(host);
        Member member = known == null && makeRoom(now) ? new Member(host, address) : known;
        List<String> missing = List.of();
        if (member != null) {
            records.put(host, member);
            member.address = address;
            member.seen = now;
            named.remove(member);
            if (dial.mayDial(address)) {
                named.add(member);
            }
            missing = update(member, question, now);
        }
        Map<BlobId, List<PeerAddress>> held = holders(host, question.wants(), now);
        int left =
                CheckIn.MAX_HINTS - held.values().stream().mapToInt(List::size).sum();
        return new CheckIn.Answer(manifest, missing, held, addresses(named.pick(left, mayBeNamed(host, now), random)));
    }

    /** Every node that is remembered, by name. */
    public List<FleetReport> reports(long now) {
        forgetSilent(now);
        return records.values().stream()
                .sorted(Comparator.comparing(member -> member.host))
                .map(member -> report(member, now))
                .toList();
    }

    private static FleetReport report(Member member, long now) {
        Map<String, TraitDocument> documents = new HashMap<>();
        member.traits.forEach((name, kept) -> {
            TraitDocument document = kept.document();
            if (document != null) {
                documents.put(name, document);
            }
        });
        return new FleetReport(member.host, member.address, Duration.ofNanos(now - member.seen), documents);
    }

    /** Takes in what a node reports; the names of the traits whose documents it is to send. */
    private List<String> update(Member member, CheckIn.Question question, long now) {
        TraitDocument before = member.ofBlobs();
        bytes -= member.bytes();
        member.traits.keySet().retainAll(question.traits().keySet());
        List<String> missing = new ArrayList<>();
        question.traits().forEach((name, digest) -> {
            Kept kept = member.traits.get(name);
            TraitDocument sent = question.documents().get(name);
            if (kept == null || !kept.digest().equals(digest) || isWorthATry(kept, now)) {
                member.traits.remove(name);
                if (sent == null) {
                    missing.add(name);
                } else {
                    member.traits.put(name, new Kept(digest, hasRoom(member, sent, now) ? sent : null, now));
                }
            }
        });
        bytes += member.bytes();
        TraitDocument after = member.ofBlobs();
        if (!Objects.equals(before, after)) {
            unindex(member, before);
            index(member, after);
        }
        missing.sort(null);
        return missing;
    }

    private static boolean isWorthATry(Kept kept, long now) {
        return kept.document() == null && now - kept.since() >= REFUSED_NANOS;
    }

    /** Whether a document fits in, beside what is kept of its node already and is not counted in {@link #bytes} at present. */
    private boolean hasRoom(Member member, TraitDocument document, long now) {
        long own = member.bytes() + bytes(document);
        if (own > bounds.bytesPerNode()) {
            return false;
        }
        while (bytes + own > bounds.bytes()) {
            if (!dropLongestSilent(now)) {
                return false;
            }
        }
        return true;
    }

    private boolean makeRoom(long now) {
        return records.size() < bounds.nodes() || dropLongestSilent(now);
    }

    /** Drops the record that was silent for longest; false if it is fresh. */
    private boolean dropLongestSilent(long now) {
        Iterator<Member> longestFirst = records.values().iterator();
        Member longest = longestFirst.hasNext() ? longestFirst.next() : null;
        if (longest == null || isFresh(longest, now)) {
            return false;
        }
        longestFirst.remove();
        forget(longest);
        return true;
    }

    private void forgetSilent(long now) {
        Iterator<Member> longestFirst = records.values().iterator();
        while (longestFirst.hasNext()) {
            Member member = longestFirst.next();
            if (now - member.seen <= FORGET_NANOS) {
                return;
            }
            longestFirst.remove();
            forget(member);
        }
    }

    private void forget(Member member) {
        unindex(member, member.ofBlobs());
        named.remove(member);
        bytes -= member.bytes();
    }

    private void index(Member member, @Nullable TraitDocument document) {
        if (document != null) {
            for (BlobId blob : document.blobs()) {
                holders.computeIfAbsent(blob, unheld -> new PickSet<>()).add(member);
            }
        }
    }

    private void unindex(Member member, @Nullable TraitDocument document) {
        if (document != null) {
            document.blobs().forEach(blob -> unindex(member, blob));
        }
    }

    private void unindex(Member member, BlobId blob) {
        PickSet<Member> known = holders.get(blob);
        if (known != null) {
            known.remove(member);
            if (known.isEmpty()) {
                holders.remove(blob);
            }
        }
    }

    /** Some who hold each of the blobs, as many for each. */
    private Map<BlobId, List<PeerAddress>> holders(PeerId asker, List<BlobId> wants, long now) {
        Map<BlobId, List<PeerAddress>> held = new LinkedHashMap<>();
        for (BlobId blob : wants) {
            PickSet<Member> known = holders.get(blob);
            if (known != null) {
                Set<Member> picked = known.pick(
                        CheckIn.MAX_HINTS / wants.size(),
                        mayBeNamed(asker, now).and(member -> dial.mayDial(member.address)),
                        random);
                if (!picked.isEmpty()) {
                    held.put(blob, addresses(picked));
                }
            }
        }
        return held;
    }

    private static Predicate<Member> mayBeNamed(PeerId asker, long now) {
        return member -> !member.host.equals(asker) && isFresh(member, now);
    }

    private static List<PeerAddress> addresses(Set<Member> records) {
        return records.stream().map(member -> member.address).toList();
    }

    private static boolean isFresh(Member member, long now) {
        return now - member.seen <= FRESH_NANOS;
    }

    private static long bytes(TraitDocument document) {
        return document.bytes() + (long) BLOB_BYTES * document.blobs().size();
    }
}
