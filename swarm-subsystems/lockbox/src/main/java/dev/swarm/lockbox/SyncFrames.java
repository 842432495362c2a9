package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.set.EntryCodec;
import dev.swarm.lockbox.set.FileEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What machines say to each other about a lockbox. Stateless. */
final class SyncFrames {

    /** Changes in one question: at most about half a mebibyte with names as people give them. */
    static final int MAX_ENTRIES = 2_000;

    /** Contents that one answer may ask for; the others are asked for next time. */
    static final int MAX_WANTED = 4_096;

    static final int MAX_QUESTION_BYTES = 32 << 20;
    /** A content that is longer is sent in ranges, each of at most {@link #MAX_RANGE_BYTES}, so that it goes on where it broke off. */
    static final long LARGE_BYTES = 4L << 20;

    /** Long enough to fill a fast network between two questions, short enough that small files do not wait long behind it. */
    static final int MAX_RANGE_BYTES = 8 << 20;

    static final int MAX_ANSWER_BYTES = 128 + MAX_WANTED * 80;
    static final int DIGEST_BYTES = 32;
    static final String NOTHING = "0".repeat(2 * DIGEST_BYTES);

    private SyncFrames() {}

    /**
     * How a machine stands; see {@link Tombstones}.
     *
     * @param digest of its file set, in hexadecimal digits
     * @param horizon the last deletion that may be forgotten
     * @param agreedAt the last change that it had seen when it last agreed with another machine
     * @param adopting whether it asserts nothing at present but what its user changed lately
     */
    record Standing(String digest, HybridTimestamp horizon, HybridTimestamp agreedAt, boolean adopting) {

        private void write(CanonicalWriter writer) {
            writer.putFixed(HexFormat.of().parseHex(digest))
                    .putTimestamp(horizon)
                    .putTimestamp(agreedAt)
                    .putBoolean(adopting);
        }

        private static Standing read(CanonicalReader reader) {
            String digest = HexFormat.of().formatHex(reader.readFixed(DIGEST_BYTES));
            HybridTimestamp horizon = reader.readTimestamp();
            return new Standing(digest, horizon, reader.readTimestamp(), reader.readBoolean());
        }
    }

    /**
     * What a machine tells.
     *
     * @param standing how it stands
     * @param news changes that the other may not know
     */
    record Question(Standing standing, List<FileEntry> news) {

        Question {
            news = List.copyOf(news);
        }

        byte[] encode() {
            CanonicalWriter writer = new CanonicalWriter(MAX_QUESTION_BYTES);
            standing.write(writer);
            EntryCodec.write(writer, news);
            return writer.toByteArray();
        }

        static Question decode(ByteBuffer body) {
            CanonicalReader reader = new CanonicalReader(bytes(body));
            Standing standing = Standing.read(reader);
            List<FileEntry> news = EntryCodec.read(reader, MAX_ENTRIES);
            reader.expectEnd();
            return new Question(standing, news);
        }
    }

    /**
     * A content that a machine lacks; contents go by the hexadecimal digits of their SHA-256.
     *
     * @param id which
     * @param base one that it has and that has the same payload, so that the header is enough; {@link #NOTHING} if there is none
     * @param held how many bytes of its beginning are there already
     */
    record Wanted(String id, String base, long held) {

        /** Whether the header is enough. */
        boolean hasBase() {
            return !base.equals(NOTHING);
        }
    }

    /**
     * What a machine has and lacks.
     *
     * @param standing how it stands
     * @param wanted contents that it lacks
     */
    record State(Standing standing, List<Wanted> wanted) {

        State {
            wanted = List.copyOf(wanted);
        }

        byte[] encode() {
            CanonicalWriter writer = new CanonicalWriter(MAX_ANSWER_BYTES);
            standing.write(writer);
            writer.putCount(wanted.size());
            wanted.forEach(each -> writer.putFixed(HexFormat.of().parseHex(each.id()))
                    .putFixed(HexFormat.of().parseHex(each.base()))
                    .putCount(each.held()));
            return writer.toByteArray();
        }

        static State decode(ByteBuffer body) {
            CanonicalReader reader = new CanonicalReader(bytes(body));
            Standing standing = Standing.read(reader);
            int count = reader.readSize(MAX_WANTED, 2 * DIGEST_BYTES + 1);
            List<Wanted> wanted = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String id = HexFormat.of().formatHex(reader.readFixed(DIGEST_BYTES));
                String base = HexFormat.of().formatHex(reader.readFixed(DIGEST_BYTES));
                wanted.add(new Wanted(id, base, reader.readCount(Long.MAX_VALUE)));
            }
            reader.expectEnd();
            return new State(standing, wanted);
        }
    }

    private static byte[] bytes(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        return bytes;
    }
}
