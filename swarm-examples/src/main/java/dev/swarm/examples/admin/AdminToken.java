package dev.swarm.examples.admin;

import dev.swarm.SystemAdapters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secret that a change over the admin port needs: whoever can read the node's own files has it. Immutable. */
final class AdminToken {

    /** 256 bits, which nobody guesses over a network. */
    private static final int BYTES = 32;

    /** Of its text in Base64. */
    private static final int LENGTH = 43;

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{" + LENGTH + "}");

    private static final String OWNER_ONLY = "rw-------";

    private final byte[] token;

    private AdminToken(byte[] token) {
        this.token = token;
    }

    /**
     * The token in a file, if nobody but its owner can read it and it is one; else a new one, which takes its place.
     *
     * @throws IOException if it cannot be written
     */
    static AdminToken of(Path file) throws IOException {
        byte[] kept = kept(file);
        return new AdminToken(kept != null ? kept : create(file));
    }

    private static byte @Nullable [] kept(Path file) {
        try {
            boolean mine = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) == LENGTH
                    && Files.getPosixFilePermissions(file).equals(PosixFilePermissions.fromString(OWNER_ONLY));
            if (!mine) {
                return null;
            }
            byte[] text = Files.readAllBytes(file);
            return FORM.matcher(new String(text, StandardCharsets.US_ASCII)).matches() ? text : null;
        } catch (IOException | UnsupportedOperationException e) {
            return null;
        }
    }

    private static byte[] create(Path file) throws IOException {
        byte[] secret = new byte[BYTES];
        SystemAdapters.randomness().nextBytes(secret);
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(secret);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, ownerOnly());
        Files.write(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return text;
    }

    /** Whether it was given; takes as long for any wrong one of its length. */
    boolean matches(@Nullable String given) {
        return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY))
                }
                : new FileAttribute<?>[0];
    }
}
