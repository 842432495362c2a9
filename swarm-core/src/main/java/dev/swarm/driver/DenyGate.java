package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.manifest.DenyList;
import dev.swarm.transport.PeerCertificate;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whose certificate still counts, by the newest deny list that it was given.
 *
 * <p>The list in force is kept in the data directory, so that an older one does not come back with a restart. Safe for many
 * threads; the answer is one look-up.
 */
final class DenyGate {

    /** Between two looks at the configured file: a denied peer's connections are cut within a second of the change. */
    static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final Logger log = LoggerFactory.getLogger(DenyGate.class);
    private static final String KEPT = "deny-list.json";
    private static final long MAX_FILE_BYTES = 32L << 20;

    private final X509Certificate authority;
    private final X509Certificate own;
    private final StateFiles files;
    private final @Nullable Path source;
    private final Object lock = new Object();
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile @Nullable DenyList list;
    private volatile Runnable onChange = () -> {};
    private @Nullable Stamp seen;

    private record Stamp(FileTime modified, long size) {}

    /**
     * A gate that admits everyone until {@link #load}.
     *
     * @param authority the fleet's
     * @param own this node's certificate
     * @param files the data directory
     * @param source the file that lists come in, or null
     */
    DenyGate(X509Certificate authority, X509Certificate own, StateFiles files, @Nullable Path source) {
        this.authority = authority;
        this.own = own;
        this.files = files;
        this.source = source;
    }

    /**
     * Reads the list that was in force last, and the configured file.
     *
     * @throws SwarmException if the configured file cannot be used, unless it is just older than the list in force
     */
    void load() throws IOException {
        String kept = files.read(KEPT);
        if (kept != null) {
            try {
                DenyList before = DenyList.parse(kept);
                before.verify(authority);
                list = before;
            } catch (IllegalArgumentException | SwarmException e) {
                files.setAside(KEPT, String.valueOf(e.getMessage()));
            }
        }
        if (source != null) {
            Stamp stamp = stamp();
            if (stamp == null) {
                log.info("there is no deny list at {} yet; nobody is denied by it", source);
            } else {
                seen = stamp;
                loadSource();
            }
        }
        warnIfDenied();
    }

    private void loadSource() throws IOException {
        try {
            readSource();
        } catch (SwarmException e) {
            if (e.reason() != Reason.FORBIDDEN) {
                throw e;
            }
            // A file that is behind must not keep the node down, and cannot take back what is in force.
            log.warn("the deny list in force stays: {}", e.getMessage());
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

    /** Looks whether the configured file is another than before. Reads the disk; a call during another does nothing. */
    void poll() {
        if (source == null || !polling.compareAndSet(false, true)) {
            return;
        }
        try {
            Stamp stamp = stamp();
            if (stamp != null && !stamp.equals(seen)) {
                seen = stamp;
                readSource();
            }
        } catch (IOException | SwarmException e) {
            log.warn("the deny list in force stays: {}", e.getMessage());
        } finally {
            polling.set(false);
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

    /**
     * Takes a list into force if it is newer than the one that is; the same one again changes nothing.
     *
     * @throws SwarmException with reason IDENTITY if nobody may sign it who did, FORBIDDEN if it is older or its signer denied
     */
    void offer(DenyList offered) throws IOException {
        offered.verify(authority);
        synchronized (lock) {
            DenyList current = list;
            if (current != null && offered.equals(current)) {
                return;
            }
            if (current != null && offered.version() <= current.version()) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "deny list of version " + offered.version() + " is not newer than the one in force, version "
                                + current.version() + "; sign it with a higher version");
            }
            checkSigner(offered, current);
            files.write(KEPT, offered.toJson());
            list = offered;
        }
        log.info("{} is in force", offered);
        warnIfDenied();
        onChange.run();
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
        if (denies(own)) {
            log.error("this node's own certificate is denied: peers refuse it; have a new one issued");
        }
    }

    private @Nullable Stamp stamp() throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(source(), BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private void readSource() throws IOException {
        Path file = source();
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new SwarmException(
                    Reason.INVALID_INPUT,
                    "deny list " + file + " has " + Files.size(file) + " bytes, limit " + MAX_FILE_BYTES);
        }
        try {
            offer(DenyList.parse(Files.readString(file)));
        } catch (SwarmException e) {
            throw new SwarmException(e.reason(), "file " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new SwarmException(
                    Reason.INVALID_INPUT, "deny list " + file + " cannot be used: " + e.getMessage(), e);
        }
    }

    private Path source() {
        if (source == null) {
            throw new IllegalStateException("no deny list file is configured");
        }
        return source;
    }
}
