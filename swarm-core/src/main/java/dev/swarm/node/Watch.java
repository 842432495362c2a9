package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.MalformedFrameException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The standing question that a node keeps open at each of its neighbours: tell me when your manifest, or what you hold of
 * these blobs, is other than what I know of it.
 *
 * <p>One held-back answer per neighbour carries both gossip and availability, so that an idle pair costs one small exchange
 * every {@link #MAX_WAIT_NANOS} and news travels in half a round trip. An answer brings what the asker lacks, as long as it is
 * little and the answering node knows what it is; all else is left to an exchange of manifests.
 */
public final class Watch {

    /**
     * Longest time an answer is held back: below the 30 s that a peer waits for one, and so long that a node with a dozen
     * neighbours sends some 200 bytes a second when nothing happens.
     */
    public static final long MAX_WAIT_NANOS = 25_000_000_000L;

    /** Most blobs in one question: more downloads than a node runs at once. */
    public static final int MAX_WANTS = 256;

    /** Largest answer taken: the leaf sets of 256 blobs of a gigabyte, or of one blob of the largest size. */
    public static final int MAX_REPLY_BYTES = 1 << 20;

    /** Largest question taken. */
    public static final int MAX_QUESTION_BYTES = 16 * 1024;

    /** Most bytes of news in an answer: what takes more is cheaper to find by comparing. Some twenty entries. */
    public static final int MAX_NEWS_BYTES = 8 * 1024;

    /** The header that an asker sends with what it takes beside the first four extents; nodes that do not know it pass over it. */
    public static final String TAKES = "X-Takes";

    /** The value of {@link #TAKES} of an asker that takes {@link Extent#MORE}. */
    public static final String TAKES_MORE = "more";

    /** The header of an answer from who has nothing to send at the moment; nodes that do not know it pass over it. */
    public static final String IDLE = "X-Idle";

    private static final int MAX_ADDRESS_BYTES = 64;
    private static final int MAX_PEERS = 16;

    private Watch() {}

    /**
     * What is asked.
     *
     * @param listenPort the TCP port that the asker listens on, so that the other side can find it
     * @param hold whether the answer may be held back; a first question is answered at once, which proves both sides
     * @param ownManifest the digest of the asker's manifest
     * @param knownManifest the digest that the asker was last told; zero for none
     * @param denyList the number of the deny list that is in force at the asker; 0 for none
     * @param wants the blobs that the asker is receiving
     * @param takesMore whether the asker takes {@link Extent#MORE}; not in the encoded bytes, but in the header {@link #TAKES}
     */
    public record Question(
            int listenPort,
            boolean hold,
            Fingerprint ownManifest,
            Fingerprint knownManifest,
            long denyList,
            List<Want> wants,
            boolean takesMore) {

        /** Copies the list and checks its length. */
        public Question {
            Objects.requireNonNull(ownManifest, "ownManifest");
            Objects.requireNonNull(knownManifest, "knownManifest");
            wants = List.copyOf(wants);
            if (wants.size() > MAX_WANTS) {
                throw new IllegalArgumentException("watch names " + wants.size() + " blobs, limit " + MAX_WANTS);
            }
        }

        /** The bytes that {@link #decode} reads. */
        public ByteBuffer encode() {
            CanonicalWriter writer = new CanonicalWriter(MAX_QUESTION_BYTES);
            writer.putInt(listenPort).putBoolean(hold);
            write(writer, ownManifest);
            write(writer, knownManifest);
            writer.putLong(denyList);
            writer.putCount(wants.size());
            for (Want want : wants) {
                writer.putFixed(want.blob().toBytes()).putInt(want.knownVersion());
            }
            return ByteBuffer.wrap(writer.toByteArray());
        }

        /**
         * Reads a question.
         *
         * @param takesMore what the header said
         * @throws IllegalArgumentException if it is malformed
         */
        public static Question decode(ByteBuffer bytes, boolean takesMore) {
            CanonicalReader reader = new CanonicalReader(bytesOf(bytes));
            int port = reader.readInt();
            boolean hold = reader.readBoolean();
            Fingerprint own = readFingerprint(reader);
            Fingerprint known = readFingerprint(reader);
            long denyList = reader.readLong();
            int count = reader.readSize(MAX_WANTS, BlobId.BYTES + Integer.BYTES);
            List<Want> wants = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                wants.add(new Want(BlobId.of(reader.readFixed(BlobId.BYTES)), reader.readInt()));
            }
            reader.expectEnd();
            return new Question(port, hold, own, known, denyList, wants, takesMore);
        }
    }

    /**
     * A blob that the asker is receiving.
     *
     * @param blob which
     * @param knownVersion the version of the share that it was last told; 0 for nothing
     */
    public record Want(BlobId blob, int knownVersion) {}

    /**
     * The answer.
     *
     * @param manifest digest of the answering node's manifest
     * @param entries how many entries it has: who has fewer is the first to compare
     * @param denyList the number of the deny list that is in force at the answering node; 0 for none
     * @param epochMillis the answering node's wall clock; 0 if it is not told
     * @param news entries that the asker lacks, of which nothing is verified yet; {@link SyncFrame#FINISHED} for none
     * @param shares the wanted blobs of which another version is held than the asker knows
     * @param peers some peers that proved reachable, for the asker to know
     * @param idle whether the answering node has nothing to send and invites the asker to take of the shares; not in the encoded bytes,
     *     but in the header {@link #IDLE}
     */
    public record Reply(
            Fingerprint manifest,
            int entries,
            long denyList,
            long epochMillis,
            SyncFrame news,
            List<Share> shares,
            List<PeerAddress> peers,
            boolean idle) {

        /** An answer of who may have something to send. */
        public Reply(
                Fingerprint manifest,
                int entries,
                long denyList,
                long epochMillis,
                SyncFrame news,
                List<Share> shares,
                List<PeerAddress> peers) {
            this(manifest, entries, denyList, epochMillis, news, shares, peers, false);
        }

        /** Copies the lists. */
        public Reply {
            Objects.requireNonNull(manifest, "manifest");
            Objects.requireNonNull(news, "news");
            shares = List.copyOf(shares);
            peers = List.copyOf(peers.size() > MAX_PEERS ? peers.subList(0, MAX_PEERS) : peers);
        }

        /** The bytes that {@link #decode} reads. */
        public ByteBuffer encode() {
            CanonicalWriter writer = new CanonicalWriter(2 * MAX_REPLY_BYTES);
            write(writer, manifest);
            writer.putInt(entries).putLong(denyList).putLong(epochMillis);
            writer.putBytes(news.isFinished() ? new byte[0] : bytesOf(news.encode()), MAX_NEWS_BYTES);
            writer.putCount(shares.size());
            for (Share share : shares) {
                share.encode(writer);
            }
            writer.putCount(peers.size());
            for (PeerAddress peer : peers) {
                writer.putString(peer.toString(), MAX_ADDRESS_BYTES);
            }
            return ByteBuffer.wrap(writer.toByteArray());
        }

        /**
         * Reads an answer.
         *
         * @param idle what the header said
         * @throws IllegalArgumentException if it is malformed
         */
        public static Reply decode(ByteBuffer bytes, boolean idle) {
            CanonicalReader reader = new CanonicalReader(bytesOf(bytes));
            Fingerprint manifest = readFingerprint(reader);
            int entries = reader.readInt();
            long denyList = reader.readLong();
            long epochMillis = reader.readLong();
            SyncFrame news = readNews(reader.readBytes(MAX_NEWS_BYTES));
            int count = reader.readSize(MAX_WANTS, BlobId.BYTES);
            List<Share> shares = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                shares.add(Share.decode(reader));
            }
            int peerCount = reader.readSize(MAX_PEERS, 1);
            List<PeerAddress> peers = new ArrayList<>();
            for (int i = 0; i < peerCount; i++) {
                peers.add(PeerAddress.parse(reader.readString(MAX_ADDRESS_BYTES)));
            }
            reader.expectEnd();
            return new Reply(manifest, entries, denyList, epochMillis, news, shares, peers, idle);
        }
    }

    /** How much of a blob is held, at a glance. */
    public enum Extent {
        /** Neither held nor wanted. */
        NOTHING(0),
        /** Being received; the bits tell which leaves are there. */
        SOME(1),
        /** Every leaf. */
        ALL(2),
        /** Every leaf is there; the bits tell those that are meant for the asker, so that nobody else fetches them here. */
        LEASED(3),
        /** What is there, or meant for the asker, beside what it was told last; the bits list these leaves. Only for who takes it. */
        MORE(4);

        private static final Extent[] ALL_OF_THEM = values();

        private final int code;

        Extent(int code) {
            this.code = code;
        }

        private static Extent of(int code) {
            for (Extent extent : ALL_OF_THEM) {
                if (extent.code == code) {
                    return extent;
                }
            }
            throw new IllegalArgumentException("share is of unknown extent " + code);
        }
    }

    /**
     * What a node has of a blob. The bits are the peer's word and are only given a size by the reader's own layout.
     *
     * @param blob which
     * @param extent how much
     * @param version a number that changes whenever the share does; 0 for {@link Extent#NOTHING}
     * @param bits for {@link Extent#SOME} and {@link Extent#LEASED} one bit a leaf, as {@link LeafSet#encode} gives them; for
     *     {@link Extent#MORE} what {@link LeafList} gives
     */
    public record Share(BlobId blob, Extent extent, int version, ByteBuffer bits) {

        /** Keeps a read-only view of the bits. */
        public Share {
            Objects.requireNonNull(blob, "blob");
            Objects.requireNonNull(extent, "extent");
            bits = bits.asReadOnlyBuffer();
        }

        /** The share of a node that holds {@code leaves}, or, with null, does not care. */
        public static Share of(BlobId blob, @Nullable LeafSet leaves) {
            if (leaves == null) {
                return new Share(blob, Extent.NOTHING, 0, ByteBuffer.allocate(0));
            }
            int version = versionOf(leaves);
            return leaves.isFull()
                    ? new Share(blob, Extent.ALL, version, ByteBuffer.allocate(0))
                    : new Share(blob, Extent.SOME, version, leaves.encode());
        }

        /**
         * The share of a node that tells only of these leaves.
         *
         * @param leaves ascending
         */
        static Share more(BlobId blob, int version, int[] leaves) {
            return new Share(blob, Extent.MORE, version, LeafList.encode(leaves));
        }

        /** The version of a share; 0 for null. */
        public static int versionOf(@Nullable LeafSet leaves) {
            return leaves == null ? 0 : leaves.size() + 1;
        }

        /** The bits, each call with a position of its own. */
        @Override
        public ByteBuffer bits() {
            return bits.duplicate();
        }

        /**
         * The leaves of a blob that has {@code leafCount}, or null for none.
         *
         * @throws IllegalArgumentException if the bits do not fit that blob, or tell only of some leaves
         */
        public @Nullable LeafSet leaves(int leafCount) {
            return switch (extent) {
                case NOTHING -> null;
                case SOME, LEASED -> LeafSet.decode(leafCount, bits());
                case ALL -> LeafSet.all(leafCount);
                case MORE -> throw new IllegalArgumentException("share tells of more leaves to who knows of none");
            };
        }

        /**
         * The leaves that {@link Extent#MORE} tells of, ascending.
         *
         * @throws IllegalArgumentException if the bits do not fit a blob that has {@code leafCount}
         */
        int[] moreLeaves(int leafCount) {
            return LeafList.decode(bits(), leafCount);
        }

        private void encode(CanonicalWriter writer) {
            byte[] copy = new byte[bits.remaining()];
            bits().get(copy);
            writer.putFixed(blob.toBytes()).putByte(extent.code).putInt(version);
            writer.putBytes(copy, MAX_REPLY_BYTES);
        }

        private static Share decode(CanonicalReader reader) {
            BlobId blob = BlobId.of(reader.readFixed(BlobId.BYTES));
            Extent extent = Extent.of(reader.readByte());
            int version = reader.readInt();
            return new Share(blob, extent, version, ByteBuffer.wrap(reader.readBytes(MAX_REPLY_BYTES)));
        }
    }

    private static void write(CanonicalWriter writer, Fingerprint fingerprint) {
        writer.putLong(fingerprint.high()).putLong(fingerprint.low());
    }

    private static Fingerprint readFingerprint(CanonicalReader reader) {
        return new Fingerprint(reader.readLong(), reader.readLong());
    }

    private static SyncFrame readNews(byte[] bytes) {
        try {
            return bytes.length == 0 ? SyncFrame.FINISHED : SyncFrame.decode(ByteBuffer.wrap(bytes), MAX_NEWS_BYTES);
        } catch (MalformedFrameException e) {
            throw new IllegalArgumentException("news of an answer: " + e.getMessage(), e);
        }
    }

    private static byte[] bytesOf(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
