package dev.swarm.lockbox.vault;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.Recipient;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns a plaintext into an age file beside it. Confined to one thread at a time.
 *
 * <p>The order is: encrypt to {@code .lockbox/seal-*}, flush, compare the plaintext with what was read, rename to {@code NAME.age},
 * flush the directory, move the plaintext to {@code .lockbox/out/}, compare it again there, delete it. Before the directory is
 * flushed the plaintext is under its name; from then on the age file is on disk. Moving before deleting keeps a file that takes the
 * plaintext's name at the last moment. What a crash leaves in {@code .lockbox} is told by its name, and {@link #recover} resolves
 * it: unfinished age files go, plaintexts go back and are encrypted again.
 */
public final class DropSealer {

    private static final String SEAL = VaultNames.in(VaultNames.WORK, "seal-");
    private static final String OUT = VaultNames.in(VaultNames.WORK, "out");

    private final VaultDisk disk;
    private final AgeFile age;
    private final RandomGenerator random;

    /**
     * An encrypted file.
     *
     * @param path of the age file
     * @param contentId SHA-256 of the age file, in hexadecimal digits
     * @param size of the age file in bytes
     * @param mode the plaintext's permissions
     * @param modifiedNanos the plaintext's last change, nanoseconds from the epoch
     * @param payload id of its payload
     */
    public record Sealed(String path, String contentId, long size, int mode, long modifiedNanos, String payload) {}

    /**
     * Creates a sealer.
     *
     * @param random for names of files
     */
    public DropSealer(VaultDisk disk, AgeFile age, RandomGenerator random) {
        this.disk = disk;
        this.age = age;
        this.random = random;
    }

    /**
     * Encrypts a file and removes it.
     *
     * @param seen the file as it has been for a while
     * @return null if it changed meanwhile; then it is where it was, as it is now, to be tried later
     * @throws PermanentFailureException if another try would end the same
     * @throws IOException if another try may do; the plaintext is under its name or, if the disk failed at the last step, in
     *     {@code .lockbox/out} until {@link #recover}
     */
    public @Nullable Sealed seal(String path, VaultDisk.Stat seen, Collection<Recipient> recipients)
            throws IOException {
        String target = path + VaultNames.SEALED;
        requireTarget(path, target);
        disk.makeDirectory(VaultNames.WORK);
        String draft = SEAL + Long.toHexString(random.nextLong());
        MessageDigest plainDigest = Sha256.start();
        MessageDigest sealedDigest = Sha256.start();
        boolean renamed = false;
        try {
            String payload = encrypt(path, draft, recipients, plainDigest, sealedDigest);
            disk.setModified(draft, seen.modifiedNanos());
            VaultDisk.Stat draftStat = disk.stat(draft);
            if (draftStat == null || !seen.equals(disk.stat(path))) {
                return null;
            }
            disk.rename(draft, target);
            renamed = true;
            disk.force(VaultNames.parent(target));
            remove(path, seen, plainDigest.digest());
            return new Sealed(
                    target,
                    HexFormat.of().formatHex(sealedDigest.digest()),
                    draftStat.size(),
                    seen.mode(),
                    seen.modifiedNanos(),
                    payload);
        } finally {
            if (!renamed) {
                disk.delete(draft);
            }
        }
    }

    /** Resolves what an earlier run left unfinished; to be called before the first scan. Blocks. */
    public void recover() throws IOException {
        if (disk.stat(VaultNames.WORK) == null) {
            return;
        }
        for (String name : disk.list(VaultNames.WORK)) {
            String path = VaultNames.in(VaultNames.WORK, name);
            if (path.startsWith(SEAL)) {
                disk.delete(path);
            }
        }
        if (disk.stat(OUT) != null) {
            putBackAll(OUT);
        }
    }

    private void requireTarget(String path, String target) throws IOException {
        if (!VaultNames.fits(VaultNames.name(path), VaultNames.SEALED)) {
            throw new PermanentFailureException(
                    "its name is longer than " + (VaultNames.MAX_NAME_BYTES - VaultNames.SEALED.length())
                            + " bytes, which leaves no room for " + VaultNames.SEALED + "; rename it");
        }
        VaultDisk.Stat there = disk.stat(target);
        if (there != null && there.kind() != VaultDisk.Kind.FILE) {
            throw new PermanentFailureException("the name of its age file is taken by what is no file; rename either");
        }
    }

    private String encrypt(
            String path, String draft, Collection<Recipient> recipients, MessageDigest plain, MessageDigest sealed)
            throws IOException {
        try (InputStream source = open(path);
                VaultDisk.NewFile target = disk.create(draft);
                OutputStream counted = new DigestOutputStream(target, sealed)) {
            String payload = age.encrypt(new DigestInputStream(source, plain), counted, recipients);
            target.force();
            return payload;
        }
    }

    private InputStream open(String path) throws IOException {
        try {
            return disk.read(path);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new PermanentFailureException("it may not be read by the node; change its permissions");
        }
    }

    private void remove(String path, VaultDisk.Stat seen, byte[] digest) throws IOException {
        String out = VaultNames.in(OUT, path);
        disk.makeDirectory(VaultNames.parent(out));
        try {
            disk.rename(path, out);
        } catch (java.nio.file.NoSuchFileException | FileNotFoundException e) {
            // Its owner removed it; the age file stays.
            return;
        }
        if (seen.equals(disk.stat(out)) && Arrays.equals(digest, digestOf(out))) {
            disk.delete(out);
        } else {
            putBack(out);
        }
    }

    private void putBackAll(String directory) throws IOException {
        for (String name : disk.list(directory)) {
            String path = VaultNames.in(directory, name);
            VaultDisk.Stat stat = disk.stat(path);
            if (stat != null && stat.kind() == VaultDisk.Kind.DIRECTORY) {
                putBackAll(path);
            } else {
                putBack(path);
            }
        }
        disk.delete(directory);
    }

    /** Under its name, or beside whatever took that. */
    private void putBack(String out) throws IOException {
        String path = out.substring(OUT.length() + 1);
        String directory = VaultNames.parent(path);
        disk.makeDirectory(directory);
        String target = path;
        while (!disk.renameNew(out, target)) {
            String ending = ".recovered-" + Integer.toHexString(random.nextInt());
            target = VaultNames.in(directory, VaultNames.withEnding(VaultNames.name(path), ending));
        }
        disk.force(directory);
    }

    private byte[] digestOf(String path) throws IOException {
        MessageDigest digest = Sha256.start();
        try (InputStream source = new DigestInputStream(disk.read(path), digest)) {
            source.transferTo(OutputStream.nullOutputStream());
        }
        return digest.digest();
    }

    /** A file cannot be encrypted until its owner does something about it. */
    public static final class PermanentFailureException extends IOException {

        private static final long serialVersionUID = 1L;

        PermanentFailureException(String reason) {
            super(reason);
        }
    }
}
