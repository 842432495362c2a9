package dev.swarm.examples.admin;

import dev.swarm.SystemAdapters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The secret that a change over the admin port needs: whoever can read the node's own files has it. Immutable. */
final class AdminToken {

    /** 256 bits, which nobody guesses over a network. */
    private static final int BYTES = 32;

    private final byte[] token;

    private AdminToken(byte[] token) {
        this.token = token;
    }

    /** Makes a token for one run of the node and writes it to a file of this user alone. */
    static AdminToken create(Path file) throws IOException {
        byte[] secret = new byte[BYTES];
        SystemAdapters.randomness().nextBytes(secret);
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(secret);
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, ownerOnly());
        Files.write(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new AdminToken(text);
    }

    /** Whether it was given; takes as long for any wrong one of its length. */
    boolean matches(@Nullable String given) {
        return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
    }

    private static FileAttribute<?>[] ownerOnly() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
