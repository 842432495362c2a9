package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.manifest.DenyList;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whose certificate still counts, by the newest deny list that it was given.
 *
 * <p>The list in force is kept in the data directory, so that an older one does not come back with a restart. A list that
 * cannot be kept is in force all the same: a full disk is no reason to let a denied peer in. Safe for many threads; the answer
 * is one look-up.
 */
final class DenyGate {

    /** Between two looks at the configured file: a denied peer's connections are cut within a second of the change. */
    static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Where a node serves the list that is in force there. */
    static final String PATH = "/deny-list";

    /** Longest list that is taken from a peer: a hundred thousand certificates. */
    static final int MAX_ANSWER_BYTES = 8 << 20;

    private static final Logger log = LoggerFactory.getLogger(DenyGate.class);
    private static final String KEPT = "deny-list.json";
    private static final int MAX_FILE_BYTES = 32 << 20;

    private final X509Certificate authority;
    private final StateFiles files;
    private final @Nullable Path source;
    private final Reading reading;
    private final Object lock = new Object();
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile @Nullable DenyList list;
    private volatile X509Certificate own;
    private volatile Runnable onChange = () -> {};

    /** What the data directory holds; guarded by {@link #lock}. */
    private @Nullable DenyList kept;

    /** The certificate that was last found denied; guarded by {@link #lock}. */
    private @Nullable X509Certificate deniedOwn;

    /** The file that was read last, and what was said of it last; used by one poll at a time. */
    private @Nullable Stamp seen;

    private volatile @Nullable String complaint;

    /** Why the file that was read last is not in force, or null. */
    private volatile @Nullable String refusal;

    /** Reads a file up to a length. */
    @FunctionalInterface
    interface Reading {

        byte[] read(Path file, int most) throws IOException;
    }

    /** The key, an inode number where there are such, tells files apart that a tool gave the same time. */
    private record Stamp(
            FileTime modified, long size, @Nullable Object key) {}

    /**
     * A gate that admits everyone until {@link #load}.
     *
     * @param authority the fleet's
     * @param own this node's certificate
     * @param files the data directory
     * @param source the file that lists come in, or null
     */
    DenyGate(X509Certificate authority, X509Certificate own, StateFiles files, @Nullable Path source) {
        this(authority, own, files, source, DenyGate::read);
    }

    DenyGate(X509Certificate authority, X509Certificate own, StateFiles files, @Nullable Path source, Reading reading) {
        this.authority = authority;
        this.own = own;
        this.files = files;
        this.source = source;
        this.reading = reading;
    }

    /**
     * Reads the list that was in force last, and the configured file.
     *
     * @throws SwarmException if the configured file cannot be used, unless it is just older than the list in force
     */
    void load() throws IOException {
        String text = files.read(KEPT);
        if (text != null) {
            try {
                DenyList before = DenyList.parse(text);
                before.verify(authority);
                synchronized (lock) {
                    list = before;
                    kept = before;
                }
            } catch (IllegalArgumentException | SwarmException e) {
                files.setAside(KEPT, String.valueOf(e.getMessage()));
            }
        }
        if (source != null) {
            loadSource();
        }
        warnIfDenied();
    }

    private void loadSource() throws IOException {
        try {
            look();
        } catch (SwarmException e) {
            if (e.reason() != Reason.FORBIDDEN) {
                throw e;
            }
            // A file that is behind must not keep the node down, and cannot take back what is in force.
            log.warn("the deny list in force stays: {}", e.getMessage());
        }
        if (seen == null) {
            log.warn(
                    "there is no deny list at {}; nobody is denied by it until there is, see whether the path is right",
                    source);
        }
    }

    /** Sets what is called after each change, on the thread that made it. */
    void onChange(Runnable action) {
        onChange = action;
    }

    /** Whether there is a file to look at again and again. */
    boolean isWatching() {
        return source != null;
    }

    /**
     * Looks whether the configured file is another than before, and keeps what could not be kept so far. Uses the disk; a call
     * during another does nothing.
     */
    void poll() {
        if (source == null || !polling.compareAndSet(false, true)) {
            return;
        }
        try {
            look();
            keep();
            complaint = null;
        } catch (IOException e) {
            complain(String.valueOf(e.getMessage()));
        } catch (SwarmException e) {
            complain("the deny list in force stays: " + e.getMessage());
        } finally {
            polling.set(false);
        }
    }

    /** What stays wrong is tried twice a second and told once. */
    private void complain(String problem) {
        if (!problem.equals(complaint)) {
            complaint = problem;
            log.warn("{}", problem);
        }
    }

    /** Takes over what the configured file holds, if it is another than before. One that cannot be read is tried again. */
    private void look() throws IOException {
        Stamp stamp = stamp();
        if (stamp != null && !stamp.equals(seen)) {
            byte[] content = readSource();
            seen = stamp;
            try {
                offerSource(content);
                refusal = null;
            } catch (SwarmException e) {
                refusal = e.getMessage();
                throw e;
            }
        }
    }

    /** Whether a peer is let in. */
    boolean admits(PeerCertificate peer) {
        return !denies(peer.certificate());
    }

    /** Whether a certificate counts no longer. */
    boolean denies(X509Certificate certificate) {
        DenyList current = list;
        return current != null && current.denies(certificate);
    }

    /** The list in force, or null. */
    @Nullable
    DenyList current() {
        return list;
    }

    /** Why what the configured file holds is not in force or cannot be kept, or null. */
    @Nullable
    String problem() {
        String now = complaint;
        return now != null ? now : refusal;
    }

    /** The number of the list in force; 0 if there is none. */
    long number() {
        DenyList current = list;
        return current == null ? 0 : current.version();
    }

    /** Adds the route on which peers fetch the list in force. */
    void addTo(Router router) {
        router.add(Route.get(PATH, this::serve).asReserved());
    }

    private void serve(Exchange exchange) {
        DenyList current = list;
        if (current == null) {
            exchange.respond(404, Headers.empty(), ByteBuffer.allocate(0));
        } else {
            exchange.respond(200, Headers.of("content-type", "application/json"), Texts.buffer(current.toJson()));
        }
    }

    /** Takes what a peer served. A list that does not count changes nothing. Uses the disk. */
    void offerFrom(PeerAddress peer, Answer answer) {
        try {
            if (answer.status() != 200) {
                throw new IllegalArgumentException("status " + answer.status());
            }
            offer(parse(answer.body()));
        } catch (IllegalArgumentException | CharacterCodingException | SwarmException e) {
            log.warn("deny list of {} refused: {}", peer, e.getMessage());
        } catch (IOException e) {
            log.warn("{}", e.getMessage());
        }
    }

    private static DenyList parse(ByteBuffer json) throws CharacterCodingException {
        return DenyList.parse(StandardCharsets.UTF_8.newDecoder().decode(json).toString());
    }

    /** Names the certificate that this node shows from here on. */
    void showing(X509Certificate certificate) {
        own = certificate;
        warnIfDenied();
    }

    /**
     * Takes a list into force if it is newer than the one that is; the same one again changes nothing.
     *
     * @throws SwarmException with reason IDENTITY if nobody may sign it who did, FORBIDDEN if it is older or its signer denied
     * @throws IOException if the list cannot be kept for the next start; it is in force, and the same call may be repeated
     */
    void offer(DenyList offered) throws IOException {
        offered.verify(authority);
        if (replace(offered)) {
            log.info("{} is in force", offered);
            warnIfDenied();
            onChange.run();
        }
        keep();
    }

    private boolean replace(DenyList offered) {
        synchronized (lock) {
            DenyList current = list;
            if (current != null && offered.equals(current)) {
                return false;
            }
            if (current != null && offered.version() <= current.version()) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "deny list of version " + offered.version() + " is not newer than the one in force, version "
                                + current.version() + "; sign it with a higher version");
            }
            checkSigner(offered, current);
            list = offered;
            return true;
        }
    }

    private void keep() throws IOException {
        synchronized (lock) {
            DenyList current = list;
            if (current == null || Objects.equals(current, kept)) {
                return;
            }
            try {
                files.write(KEPT, current.toJson());
                kept = current;
            } catch (IOException e) {
                throw new IOException(
                        current + " is in force, but cannot be kept in the data directory for the next start: " + e, e);
            }
        }
    }

    private static void checkSigner(DenyList offered, @Nullable DenyList current) {
        try {
            if (current != null && current.denies(offered.signer().parse())) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "deny list of version " + offered.version() + " is signed with a certificate that is denied");
            }
        } catch (CertificateException e) {
            throw new SwarmException(Reason.IDENTITY, "the deny list's signer cannot be read", e);
        }
    }

    private void warnIfDenied() {
        X509Certificate shown = own;
        synchronized (lock) {
            if (!denies(shown) || shown.equals(deniedOwn)) {
                return;
            }
            deniedOwn = shown;
        }
        log.error(
                "this node's own certificate, serial number {}, is denied: peers refuse it; have a new one issued",
                shown.getSerialNumber().toString(16));
    }

    private @Nullable Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(source(), BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new SwarmException(
                        Reason.INVALID_INPUT,
                        "deny list " + source() + " is no regular file; name one, as it is read again and again");
            }
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private byte[] readSource() {
        try {
            return reading.read(source(), MAX_FILE_BYTES + 1);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static byte[] read(Path file, int most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(most);
        }
    }

    private SwarmException unreadable(IOException e) {
        return new SwarmException(
                Reason.STORAGE,
                "deny list " + source() + " cannot be read: " + e + "; make it a file that this user may read",
                e);
    }

    private void offerSource(byte[] content) throws IOException {
        Path file = source();
        if (content.length > MAX_FILE_BYTES) {
            throw new SwarmException(
                    Reason.INVALID_INPUT, "deny list " + file + " is longer than " + MAX_FILE_BYTES + " bytes");
        }
        DenyList read;
        try {
            read = parse(ByteBuffer.wrap(content));
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new SwarmException(
                    Reason.INVALID_INPUT, "deny list " + file + " cannot be used: " + e.getMessage(), e);
        }
        try {
            offer(read);
        } catch (SwarmException e) {
            throw new SwarmException(e.reason(), "file " + file + ": " + e.getMessage(), e);
        }
    }

    private Path source() {
        if (source == null) {
            throw new IllegalStateException("no deny list file is configured");
        }
        return source;
    }
}
