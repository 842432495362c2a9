package dev.swarm.peer;

import dev.swarm.blob.BlobId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One multicast datagram: who is where and holds what, as lines of text that a person can read in a packet trace. Immutable.
 *
 * <pre>
 * SWARM/1 9f86d081884c7d65 web-01.example.com
 * ADDR 10.0.1.2:1531
 * HELLO
 * MANIFEST 5d41402abc4b2a76b9719d911017c592
 * HAVE 9faa44b9...64 digits... 31/47
 * </pre>
 *
 * <p>Nothing in it is trusted: it is a reason to connect, and the connection proves what is true.
 *
 * @param fleet tag of the sender's fleet, 16 hex digits
 * @param host the sender's name
 * @param address where the sender listens
 * @param seeking whether the sender has heard nobody yet and asks to be greeted
 * @param manifest digest of the sender's manifest, 32 hex digits, or null
 * @param holdings what the sender holds
 */
public record Announcement(
        String fleet,
        PeerId host,
        PeerAddress address,
        boolean seeking,
        @Nullable String manifest,
        List<Holding> holdings) {

    /** Largest datagram that is written or read: stays unfragmented on any link that carries IPv6. */
    public static final int MAX_BYTES = 1_200;

    private static final String PROTOCOL = "SWARM/1";
    private static final String SEEKING = "HELLO";

    /** Copies the holdings. */
    public Announcement {
        Objects.requireNonNull(fleet, "fleet");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(address, "address");
        holdings = List.copyOf(holdings);
    }

    /**
     * How much of a blob a node says it holds.
     *
     * @param blob which
     * @param held chunks held
     * @param total chunks in all
     */
    public record Holding(BlobId blob, int held, int total) {
        /** Checks the figures. */
        public Holding {
            Objects.requireNonNull(blob, "blob");
            if (held < 0 || held > total) {
                throw new IllegalArgumentException("HAVE " + held + "/" + total + " is no share");
            }
        }

        /** Whether the node says that it holds all of it. */
        public boolean isComplete() {
            return held == total;
        }
    }

    /** The datagram. Holdings that do not fit into {@link #MAX_BYTES} are left out. */
    public ByteBuffer encode() {
        StringBuilder text = new StringBuilder(MAX_BYTES);
        text.append(PROTOCOL).append(' ').append(fleet).append(' ').append(host).append('\n');
        text.append("ADDR ").append(address).append('\n');
        if (seeking) {
            text.append(SEEKING).append('\n');
        }
        if (manifest != null) {
            text.append("MANIFEST ").append(manifest).append('\n');
        }
        for (Holding holding : holdings) {
            String line = "HAVE " + holding.blob() + " " + holding.held() + "/" + holding.total() + "\n";
            if (text.length() + line.length() > MAX_BYTES) {
                break;
            }
            text.append(line);
        }
        return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Reads a datagram. Lines of a kind it does not know are passed over, so that later versions may add some.
     *
     * @return what it says, or null if it is not of this protocol or malformed anywhere
     */
    public static @Nullable Announcement decode(ByteBuffer datagram) {
        if (datagram.remaining() > MAX_BYTES) {
            return null;
        }
        byte[] bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        String[] lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", -1);
        String[] head = lines[0].split(" ", -1);
        if (head.length != 3 || !head[0].equals(PROTOCOL) || !isHex(head[1], 16)) {
            return null;
        }
        try {
            return decodeLines(head[1], new PeerId(head[2]), lines);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable Announcement decodeLines(String fleet, PeerId host, String[] lines) {
        PeerAddress address = null;
        boolean seeking = false;
        String manifest = null;
        List<Holding> holdings = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            String[] words = lines[i].split(" ", -1);
            if (words[0].equals("ADDR") && words.length == 2) {
                address = PeerAddress.parse(words[1]);
            } else if (words[0].equals(SEEKING) && words.length == 1) {
                seeking = true;
            } else if (words[0].equals("MANIFEST") && words.length == 2 && isHex(words[1], 32)) {
                manifest = words[1];
            } else if (words[0].equals("HAVE") && words.length == 3) {
                holdings.add(decodeHolding(words[1], words[2]));
            }
        }
        return address == null ? null : new Announcement(fleet, host, address, seeking, manifest, holdings);
    }

    private static Holding decodeHolding(String blob, String share) {
        int slash = share.indexOf('/');
        if (slash < 1) {
            throw new IllegalArgumentException("HAVE without a share");
        }
        int held = Integer.parseInt(share, 0, slash, 10);
        int total = Integer.parseInt(share, slash + 1, share.length(), 10);
        return new Holding(BlobId.parse(blob), held, total);
    }

    private static boolean isHex(String text, int length) {
        return text.length() == length && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
