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

    private static final Logger log = LoggerFactory.getLogger(Vault.class);

    private final VaultDisk disk;
    private final DropSealer sealer;
    private final Ticker ticker;
    private final Map<String, Watched> watched = new HashMap<>();
    private boolean recovered;

    private record Watched(VaultDisk.Stat stat, long sinceNanos) {}

    /**
     * What a pass came to.
     *
     * @param sealed files that were encrypted
     * @param waiting files in plaintext that are still written to, wait for recipients or are tried again, with the reason
     * @param failed files in plaintext that their owner has to do something about, with the reason
     * @param after what lies in the vault once the pass is over
     */
    public record Pass(
            List<DropSealer.Sealed> sealed,
            NavigableMap<String, String> waiting,
            NavigableMap<String, String> failed,
            VaultScan after) {}

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
     * Looks at everything and encrypts what is ready. The first call resolves what a crash left. Blocks for as long as there is
     * something to encrypt.
     *
     * @param recipients for whom; as long as there are none, plaintexts wait
     * @throws IOException if the directory cannot be read
     */
    public Pass pass(Collection<Recipient> recipients) throws IOException {
        disk.makeDirectory("");
        if (!recovered) {
            sealer.recover();
            recovered = true;
        }
        VaultScan before = VaultScan.of(disk);
        Pass pass = new Pass(new ArrayList<>(), new TreeMap<>(), new TreeMap<>(), before);
        watched.keySet().retainAll(before.plain().keySet());
        before.plain().forEach((path, stat) -> attend(path, stat, recipients, pass));
        forceDepartures(pass.sealed());
        Set<String> wanted = writeNotes(pass.failed());
        for (String note : before.notes()) {
            if (!wanted.contains(note)) {
                disk.delete(note);
            }
        }
        return pass.sealed().isEmpty()
                ? pass
                : new Pass(pass.sealed(), pass.waiting(), pass.failed(), VaultScan.of(disk));
    }

    /** A plaintext that a power cut brought back would be taken for a new one, and replace what others wrote meanwhile. */
    private void forceDepartures(List<DropSealer.Sealed> sealed) throws IOException {
        Set<String> directories = new TreeSet<>();
        sealed.forEach(each -> directories.add(VaultNames.parent(each.path())));
        for (String directory : directories) {
            disk.force(directory);
        }
    }

    private void attend(String path, VaultDisk.Stat stat, Collection<Recipient> recipients, Pass pass) {
        long now = ticker.nanoTime();
        Watched last = watched.get(path);
        if (last == null || !last.stat().equals(stat)) {
            watched.put(path, new Watched(stat, now));
            pass.waiting().put(path, "it has just changed");
        } else if (now - last.sinceNanos() < QUIET.toNanos()) {
            pass.waiting().put(path, "it has just changed");
        } else if (recipients.isEmpty()) {
            pass.waiting().put(path, "no machine of the user has a key to encrypt to; unlock the identity on one");
        } else {
            seal(path, stat, recipients, pass);
        }
    }

    private void seal(String path, VaultDisk.Stat stat, Collection<Recipient> recipients, Pass pass) {
        try {
            DropSealer.Sealed sealed = sealer.seal(path, stat, recipients);
            watched.remove(path);
            if (sealed == null) {
                pass.waiting().put(path, "it changed while it was encrypted");
            } else {
                pass.sealed().add(sealed);
            }
        } catch (DropSealer.PermanentFailureException e) {
            pass.failed().put(path, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            recovered = false;
            log.debug("a file of a lockbox could not be encrypted, trying again", e);
            pass.waiting().put(path, "the disk failed: " + e.getClass().getSimpleName());
        }
    }

    private Set<String> writeNotes(Map<String, String> failed) throws IOException {
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
            }
        }
        return notes.keySet();
    }
}
