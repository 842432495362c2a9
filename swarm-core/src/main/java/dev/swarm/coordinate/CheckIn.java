package dev.swarm.coordinate;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.PeerAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a node and a coordinator say to each other each cycle: what the node reports of itself goes up, where others are and
 * whether the manifests differ comes down.
 *
 * <p>Of a trait that the coordinator has, only the digest is sent; the answer names those that it lacks, so that a coordinator
 * that forgot some, or started anew, has them again after one more question.
 */
public final class CheckIn {

    /** Longest question taken. Traits that would not fit are shortened by the node ({@link FittedTraits}). */
    public static final int MAX_QUESTION_BYTES = 1 << 20;

    /** What traits may take of a question: the rest is for digests and wanted blobs. */
    public static final int MAX_TRAIT_BYTES = MAX_QUESTION_BYTES - (16 << 10);

    /** Longest answer taken: several times what the bounds below come to. */
    public static final int MAX_ANSWER_BYTES = 64 << 10;

    /** Most traits of one node. */
    public static final int MAX_TRAITS = 16;

    /** Most blobs asked for at once: a node receives few at a time, and asks again the next cycle. */
    public static final int MAX_WANTS = 32;

    /** Most addresses in an answer: a neighbourhood of a node that receives is smaller. */
    public static final int MAX_HINTS = 64;

    private static final Pattern TRAIT_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private CheckIn() {}

    /** Whether a trait of this name can be reported: up to 64 letters, digits, dots, hyphens and underscores. */
    public static boolean isTraitName(String name) {
        return TRAIT_NAME.matcher(name).matches();
    }

    /**
     * What a node says.
     *
     * @param port the TCP port that it listens on
     * @param address the address that it tells others, or null for the one that the question comes from
     * @param traits the traits that it has, each with the digest of its document
     * @param documents those of them that the coordinator may lack
     * @param wants blobs that it is receiving
     */
    public record Question(
            int port,
            @Nullable InetAddress address,
            Map<String, TraitDigest> traits,
            Map<String, TraitDocument> documents,
            List<BlobId> wants) {

        /** Copies the collections and checks the bounds. */
        public Question {
            traits = Map.copyOf(traits);
            documents = Map.copyOf(documents);
            wants = List.copyOf(wants);
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("port is " + port + ", has to be 1 to 65535");
            }
            requireAtMost(traits.size(), MAX_TRAITS, "traits");
            requireAtMost(wants.size(), MAX_WANTS, "wanted blobs");
            for (String name : traits.keySet()) {
                requireTraitName(name);
            }
            for (Map.Entry<String, TraitDocument> document : documents.entrySet()) {
                if (!document.getValue().digest().equals(traits.get(document.getKey()))) {
                    throw new IllegalArgumentException("the document of trait " + document.getKey()
                            + " is not the one with the digest given for it");
                }
            }
        }

        /** The body of a request that says this. */
        public ByteBuffer encode() {
            return CheckInJson.encode(this);
        }

        /**
         * Reads the body of a request; members that it does not know are passed over.
         *
         * @param body at most {@link #MAX_QUESTION_BYTES}
         * @throws IllegalArgumentException if it is anything else; the message fits on one line
         */
        public static Question decode(ByteBuffer body) {
            return CheckInJson.decodeQuestion(body);
        }
    }

    /**
     * What a coordinator answers.
     *
     * @param manifest the digest of its manifest
     * @param missing the traits whose documents it lacks
     * @param holders where some of the wanted blobs are said to be
     * @param peers where other nodes are
     */
    public record Answer(
            Fingerprint manifest,
            List<String> missing,
            Map<BlobId, List<PeerAddress>> holders,
            List<PeerAddress> peers) {

        /** Copies the collections and checks the bounds. */
        public Answer {
            Objects.requireNonNull(manifest, "manifest");
            missing = List.copyOf(missing);
            holders = Map.copyOf(holders);
            peers = List.copyOf(peers);
            requireAtMost(missing.size(), MAX_TRAITS, "missing traits");
            requireAtMost(holders.size(), MAX_WANTS, "wanted blobs");
            int hints = peers.size()
                    + holders.values().stream().mapToInt(List::size).sum();
            requireAtMost(hints, MAX_HINTS, "addresses");
            missing.forEach(CheckIn::requireTraitName);
        }

        /** The body of a response that says this. */
        public ByteBuffer encode() {
            return CheckInJson.encode(this);
        }

        /**
         * Reads the body of a response; members that it does not know are passed over.
         *
         * @throws IllegalArgumentException if it is anything else; the message fits on one line
         */
        public static Answer decode(ByteBuffer body) {
            return CheckInJson.decodeAnswer(body);
        }
    }

    private static void requireTraitName(String name) {
        if (!isTraitName(name)) {
            throw new IllegalArgumentException("name of a trait has " + name.length()
                    + " characters; it has to be 1 to 64 letters, digits, '.', '-' or '_'");
        }
    }

    private static void requireAtMost(int count, int limit, String what) {
        if (count > limit) {
            throw new IllegalArgumentException("check-in has " + count + " " + what + ", limit " + limit);
        }
    }
}
