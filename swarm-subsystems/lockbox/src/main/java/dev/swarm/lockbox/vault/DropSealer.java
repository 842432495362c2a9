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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Turns plaintexts into age files beside them. Confined to one thread at a time.
 *
 * <p>The order is: encrypt to {@code .lockbox/seal-*}, flush, compare the plaintext with what was read, rename to {@code NAME.age},
 * flush the directory, each for some files together, then move the plaintext to {@code .lockbox/out/}, compare it again there, delete it. Before the directory is
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

    /** Files whose contents are flushed together, each with an open file. */
    private static final int GROUP_FILES = 64;

    /**
     * A file to encrypt.
     *
     * @param path where it is
     * @param seen as it has been for a while
     */
    public record Drop(String path, VaultDisk.Stat seen) {}

    /**
     * An encrypted file.
     *
     * @param path of the age file
     * @param contentId SHA-256 of the age file, in hexadecimal digits
     * @param stat of the age file
     * @param mode the plaintext's permissions
     * @param modifiedNanos the plaintext's last change, nanoseconds from the epoch
     * @param payload id of its payload
     */
    public record Sealed(
            String path, String contentId, VaultDisk.Stat stat, int mode, long modifiedNanos, String payload) {}

    /**
     * What became of a file.
     *
     * @param drop which
     * @param sealed null if it was not encrypted. Without a failure it changed meanwhile; then it is where it was, as it is now, to
     *     be tried later
     * @param failure a {@link PermanentFailureException} if another try would end the same; else one may do. The plaintext is under
     *     its name or, if the disk failed at the last step, in {@code .lockbox/out} until {@link #recover}
     */
    public record Outcome(
            Drop drop, @Nullable Sealed sealed, @Nullable IOException failure) {}

    private static final class Draft {
        private final Drop drop;
        private final String path;
        private final MessageDigest plainDigest = Sha256.start();
        private final MessageDigest sealedDigest = Sha256.start();
        private String payload = "";
        private VaultDisk.@Nullable NewFile open;
        private VaultDisk.@Nullable Stat stat;
        private boolean renamed;
        private boolean changed;
        private @Nullable IOException failure;

        Draft(Drop drop, String path) {
            this.drop = drop;
            this.path = path;
        }

        boolean isGood() {
            return failure == null && !changed;
        }

        void close() throws IOException {
            VaultDisk.NewFile file = open;
            open = null;
            if (file != null) {
                file.close();
            }
        }

        String target() {
            return drop.path() + VaultNames.SEALED;
        }
    }

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

    /** Encrypts files and removes them. No two of them may be each other's age file. Blocks. */
    public List<Outcome> seal(List<Drop> drops, Collection<Recipient> recipients) throws IOException {
        List<Outcome> outcomes = new ArrayList<>();
        for (int from = 0; from < drops.size(); from += GROUP_FILES) {
            List<Drop> group = drops.subList(from, Math.min(drops.size(), from + GROUP_FILES));
            outcomes.addAll(sealGroup(group, recipients));
        }
        return outcomes;
    }

    private List<Outcome> sealGroup(List<Drop> drops, Collection<Recipient> recipients) throws IOException {
        disk.makeDirectory(VaultNames.WORK);
        List<Draft> drafts = new ArrayList<>();
        for (Drop drop : drops) {
            drafts.add(new Draft(drop, SEAL + Long.toHexString(random.nextLong())));
        }
        try {
            drafts.forEach(draft -> attempt(draft, () -> encrypt(draft, recipients)));
            flush(drafts);
            drafts.forEach(draft -> attempt(draft, () -> takeName(draft)));
            forceNames(drafts);
            drafts.forEach(draft -> attempt(draft, () -> remove(draft)));
        } finally {
            cleanUp(drafts);
        }
        return drafts.stream().map(DropSealer::outcome).toList();
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(Draft draft, Step step) {
        if (draft.isGood()) {
            try {
                step.run();
            } catch (IOException e) {
                draft.failure = e;
            }
        }
    }

    private static Outcome outcome(Draft draft) {
        VaultDisk.Stat stat = draft.stat;
        if (!draft.isGood() || stat == null) {
            return new Outcome(draft.drop, null, draft.failure);
        }
        VaultDisk.Stat seen = draft.drop.seen();
        String id = HexFormat.of().formatHex(draft.sealedDigest.digest());
        Sealed sealed = new Sealed(draft.target(), id, stat, seen.mode(), seen.modifiedNanos(), draft.payload);
        return new Outcome(draft.drop, sealed, null);
    }

    private void encrypt(Draft draft, Collection<Recipient> recipients) throws IOException {
        requireTarget(draft.drop.path(), draft.target());
        try (InputStream source = open(draft.drop.path())) {
            VaultDisk.NewFile target = disk.create(draft.path);
            draft.open = target;
            draft.payload = age.encrypt(
                    new DigestInputStream(source, draft.plainDigest),
                    new DigestOutputStream(target, draft.sealedDigest),
                    recipients);
        }
    }

    private void flush(List<Draft> drafts) throws IOException {
        List<Draft> good = drafts.stream().filter(Draft::isGood).toList();
        List<VaultDisk.NewFile> files = new ArrayList<>();
        for (Draft draft : good) {
            VaultDisk.NewFile open = draft.open;
            if (open != null) {
                files.add(open);
            }
        }
        try {
            disk.force(files);
        } catch (IOException e) {
            good.forEach(draft -> draft.failure = e);
        }
        for (Draft draft : good) {
            draft.close();
        }
    }

    private void takeName(Draft draft) throws IOException {
        disk.setModified(draft.path, draft.drop.seen().modifiedNanos());
        draft.stat = disk.stat(draft.path);
        if (draft.stat == null || !draft.drop.seen().equals(disk.stat(draft.drop.path()))) {
            draft.changed = true;
            return;
        }
        disk.rename(draft.path, draft.target());
        draft.renamed = true;
    }

    private void forceNames(List<Draft> drafts) {
        Map<String, List<Draft>> byDirectory = new TreeMap<>();
        drafts.stream().filter(Draft::isGood).forEach(draft -> byDirectory
                .computeIfAbsent(VaultNames.parent(draft.target()), d -> new ArrayList<>())
                .add(draft));
        byDirectory.forEach((directory, all) -> {
            try {
                disk.force(directory);
            } catch (IOException e) {
                all.forEach(draft -> draft.failure = e);
            }
        });
    }

    private void remove(Draft draft) throws IOException {
        remove(draft.drop.path(), draft.drop.seen(), draft.plainDigest.digest());
    }

    private void cleanUp(List<Draft> drafts) throws IOException {
        for (Draft draft : drafts) {
            draft.close();
            if (!draft.renamed) {
                disk.delete(draft.path);
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
