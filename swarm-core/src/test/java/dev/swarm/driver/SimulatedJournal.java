package dev.swarm.driver;

import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.JournalReading;
import dev.swarm.manifest.ManifestChanges;
import dev.swarm.manifest.ManifestCrdt;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** The journal that ships on a disk in memory, for simulations. Confined. */
public final class SimulatedJournal {

    private final FleetId fleet;
    private final RandomGenerator random;
    private CrashDisk disk = new CrashDisk();
    private JournalFile journal;

    /** A journal of a node that never ran. */
    public SimulatedJournal(FleetId fleet, RandomGenerator random) {
        this.fleet = fleet;
        this.random = random;
        this.journal = new JournalFile(disk, fleet, random);
    }

    /**
     * What a start found.
     *
     * @param torn whether a record had been begun and not ended
     * @param damaged whether something in it could not be used
     */
    public record Found(boolean torn, boolean damaged) {}

    /** Takes what is there into a manifest that is empty, and has the file in order. */
    public Found restore(ManifestCrdt manifest, long epochMillis) throws IOException {
        journal = new JournalFile(disk, fleet, random);
        JournalReading reading = journal.load();
        if (reading != null) {
            manifest.restore(reading, epochMillis);
        }
        if (journal.wantsSnapshot()) {
            keep(manifest);
        }
        return reading == null
                ? new Found(false, false)
                : new Found(reading.tornBytes() > 0, !reading.problems().isEmpty());
    }

    /** Has all changes on disk. */
    public void keep(ManifestCrdt manifest) throws IOException {
        ManifestChanges changes = manifest.drainChanges();
        if (changes.whole() || journal.wantsSnapshot()) {
            journal.snapshot(manifest.image());
        } else {
            journal.append(changes, manifest.size());
        }
    }

    /** Every write fails, or works again. */
    public void fail(boolean now) {
        disk.fail(now);
    }

    /** The process and the machine end: what was not forced is there, gone or torn. */
    public void crash() {
        CrashDisk.Loss[] losses = CrashDisk.Loss.values();
        CrashDisk.Loss loss = losses[random.nextInt(losses.length)];
        disk = new CrashDisk(disk.afterCrash(loss, random.nextInt(disk.directoryStates())), Integer.MAX_VALUE);
    }

    /** The power goes in the middle of the next write. */
    public void cutPower() {
        disk.cutAfter(random.nextInt(2));
    }

    /** Changes a byte of the file while nobody has it open; whether there was one. */
    public boolean rot() {
        Map<String, byte[]> files = new TreeMap<>(disk.files());
        byte[] bytes = files.get(JournalFile.NAME);
        if (bytes == null || bytes.length == 0) {
            return false;
        }
        bytes[random.nextInt(bytes.length)] ^= 0x10;
        disk = new CrashDisk(files, Integer.MAX_VALUE);
        return true;
    }
}
