package dev.swarm.lockbox.vault;

import dev.swarm.Ticker;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.Recipient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of one user on this machine, kept free of plaintext. Does nothing by itself: somebody calls {@link #pass} when
 * something changed, and from time to time. Confined to one thread at a time.
 */
public final class Vault {

    /** How long a file has to be as it is before it is taken for finished. Copying tools write far more often than this. */
    public static final Duration QUIET = Duration.ofSeconds(2);

    /** Files in one pass: about a second's work, so that others get what is encrypted while the rest is. */
    static final int MAX_FILES = 500;

    private static final long ENOUGH_BYTES = 64L << 20;

    private static final Logger log = LoggerFactory.getLogger(Vault.class);

    private final VaultDisk disk;
    private final DropSealer sealer;
    private final Ticker ticker;
    private final Map<String, Watched> watched = new HashMap<>();
    private VaultScan known = VaultScan.empty();
    private boolean recovered;

    private record Watched(VaultDisk.Stat stat, long sinceNanos) {}

    /**
     * What a pass came to.
     *
     * @param sealed files that were encrypted
     * @param waiting files in plaintext that are still written to, wait for recipients or are tried again, with the reason
     * @param failed files in plaintext that their owner has to do something about, with the reason
     * @param after what lies in the vault once the pass is over, as far as was looked; good until the next pass
     * @param whole whether all of it was looked at
     * @param touched age files and directories that came, went or changed, if not all of it was looked at
     * @param hasMore whether another pass would encrypt more right away
     */
    public record Pass(
            List<DropSealer.Sealed> sealed,
            NavigableMap<String, String> waiting,
            NavigableMap<String, String> failed,
            VaultScan after,
            boolean whole,
            Set<String> touched,
            boolean hasMore) {}

    /**
     * Creates a vault.
     *
     * @param random for names of files; those of keys are the age file's affair
     */
    public Vault(VaultDisk disk, AgeFile age, Ticker ticker, RandomGenerator random) {
        this.disk = disk;
        this.sealer = new DropSealer(disk, age, random);
        this.ticker = ticker;
    }

    /**
     * Looks at everything and encrypts what is ready, as the other {@code pass} does.
     *
     * @param recipients for whom; as long as there are none, plaintexts wait
     * @throws IOException if the directory cannot be read
     */
    public Pass pass(Collection<Recipient> recipients) throws IOException {
        return pass(recipients, VaultLook.EVERYTHING);
    }

    /**
     * Looks, and encrypts what is ready, up to about a second's work. The first call resolves what a crash left, and looks at
     * everything. Blocks.
     *
     * @param recipients for whom; as long as there are none, plaintexts wait
     * @throws IOException if the directory cannot be read
     */
    public Pass pass(Collection<Recipient> recipients, VaultLook look) throws IOException {
        disk.makeDirectory("");
        boolean whole = look.everything() || !recovered;
        if (!recovered) {
            sealer.recover();
            recovered = true;
        }
        Set<String> touched = new TreeSet<>();
        if (whole) {
            known = known.again(disk);
        } else {
            for (String path : look.paths()) {
                touched.addAll(known.look(disk, path));
            }
        }
        NavigableMap<String, String> waiting = new TreeMap<>();
        NavigableMap<String, String> failed = new TreeMap<>();
        List<DropSealer.Drop> due = due(recipients, waiting);
        List<DropSealer.Drop> batch = batchOf(due);
        List<DropSealer.Sealed> sealed = seal(batch, recipients, waiting, failed);
        due.subList(batch.size(), due.size()).forEach(drop -> waiting.put(drop.path(), "others are encrypted first"));
        sealed.forEach(each -> touched.add(each.path()));
        forceDepartures(sealed);
        writeNotes(failed);
        return new Pass(sealed, waiting, failed, known, whole, touched, due.size() > batch.size());
    }

    /** A plaintext that a power cut brought back would be taken for a new one, and replace what others wrote meanwhile. */
    private void forceDepartures(List<DropSealer.Sealed> sealed) throws IOException {
        Set<String> directories = new TreeSet<>();
        sealed.forEach(each -> directories.add(VaultNames.parent(each.path())));
        for (String directory : directories) {
            disk.force(directory);
        }
    }

    /** The files that may be encrypted; of the others, the reason why not. */
    private List<DropSealer.Drop> due(Collection<Recipient> recipients, Map<String, String> waiting) {
        long now = ticker.nanoTime();
        List<DropSealer.Drop> due = new ArrayList<>();
        watched.keySet().retainAll(known.plain().keySet());
        known.plain().forEach((path, stat) -> {
            Watched last = watched.get(path);
            if (last == null || !last.stat().equals(stat)) {
                watched.put(path, new Watched(stat, now));
                waiting.put(path, "it has just changed");
            } else if (now - last.sinceNanos() < QUIET.toNanos()) {
                waiting.put(path, "it has just changed");
            } else if (recipients.isEmpty()) {
                waiting.put(path, "no machine of the user has a key to encrypt to; unlock the identity on one");
            } else if (known.plain().containsKey(path + VaultNames.SEALED)) {
                waiting.put(path, "a file that has the name of its age file is encrypted first");
            } else {
                due.add(new DropSealer.Drop(path, stat));
            }
        });
        return due;
    }

    private static List<DropSealer.Drop> batchOf(List<DropSealer.Drop> due) {
        int files = 0;
        long bytes = 0;
        while (files < Math.min(due.size(), MAX_FILES) && bytes < ENOUGH_BYTES) {
            bytes += due.get(files++).seen().size();
        }
        return due.subList(0, files);
    }

    private List<DropSealer.Sealed> seal(
            List<DropSealer.Drop> batch,
            Collection<Recipient> recipients,
            Map<String, String> waiting,
            Map<String, String> failed)
            throws IOException {
        List<DropSealer.Sealed> sealed = new ArrayList<>();
        for (DropSealer.Outcome outcome : sealer.seal(batch, recipients)) {
            String path = outcome.drop().path();
            DropSealer.Sealed done = outcome.sealed();
            IOException failure = outcome.failure();
            if (done != null) {
                sealed.add(done);
                watched.remove(path);
                known.look(disk, path);
                known.plain().remove(done.path());
                known.sealed().put(done.path(), done.stat());
            } else if (failure instanceof DropSealer.PermanentFailureException) {
                failed.put(path, String.valueOf(failure.getMessage()));
            } else if (failure != null) {
                recovered = false;
                watched.remove(path);
                log.debug("a file of a lockbox could not be encrypted, trying again", failure);
                waiting.put(path, "the disk failed: " + failure.getClass().getSimpleName());
            } else {
                watched.remove(path);
                known.look(disk, path);
                waiting.put(path, "it changed while it was encrypted");
            }
        }
        return sealed;
    }

    private void writeNotes(Map<String, String> failed) throws IOException {
        Map<String, String> notes = new TreeMap<>();
        for (String path : failed.keySet()) {
            String name = VaultNames.withEnding(VaultNames.name(path), VaultNames.FAILED);
            notes.put(VaultNames.in(VaultNames.parent(path), name), path);
        }
        for (Map.Entry<String, String> note : notes.entrySet()) {
            if (disk.stat(note.getKey()) == null) {
                try (VaultDisk.NewFile target = disk.create(note.getKey())) {
                    target.write(FailureNote.text(
                            VaultNames.name(note.getValue()), String.valueOf(failed.get(note.getValue()))));
                }
                known.notes().add(note.getKey());
            }
        }
        for (String note : List.copyOf(known.notes())) {
            if (!notes.containsKey(note)) {
                disk.delete(note);
                known.notes().remove(note);
            }
        }
    }
}
