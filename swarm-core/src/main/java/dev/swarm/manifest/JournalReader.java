package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.JournalFrames.Found;
import dev.swarm.peer.PeerId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one {@link ManifestJournal}. For one use. */
final class JournalReader {

    /** Problems named one by one; of more, only the number is told. */
    private static final int MAX_PROBLEMS = 100;

    private final byte[] file;
    private final FleetId fleet;
    private final JournalSize size = new JournalSize();
    private final List<String> problems = new ArrayList<>();
    private final StoredEntries stored = new StoredEntries();
    private final Map<EntryKey, SignedEntry> entries = new LinkedHashMap<>();
    private final Map<EntryKey, SignedEntry> proofs = new LinkedHashMap<>();
    private final Map<BlobId, HybridTimestamp> buriedBlobs = new HashMap<>();
    private final Map<EntryKey, HybridTimestamp> buriedEntries = new HashMap<>();
    private HybridTimestamp horizon = HybridTimestamp.ZERO;
    private long version;
    private int unnamedProblems;
    private int end;

    JournalReader(byte[] file, FleetId fleet) {
        this.file = file;
        this.fleet = fleet;
    }

    JournalReading read() {
        JournalHeader.Look look = JournalHeader.read(file);
        JournalHeader header = look.header();
        if (header == null) {
            boolean later = look.found() == JournalHeader.Found.LATER_FORMAT;
            return JournalReading.unread(
                    later ? JournalReading.State.LATER_FORMAT : JournalReading.State.NO_JOURNAL,
                    "",
                    later ? look.format() : 0);
        }
        if (!header.fleetTag().equals(fleet.tag())) {
            return JournalReading.unread(JournalReading.State.OTHER_FLEET, header.fleetTag(), look.format());
        }
        if (look.found() == JournalHeader.Found.ONE_COPY) {
            problem("one of the two copies of the header is damaged; nothing was lost by it");
        }
        size.header(JournalHeader.BYTES);
        ManifestJournal journal = new ManifestJournal(header, size);
        List<Integer> records = scan(new JournalFrames(header.salt()));
        records.forEach(at -> guarded(at, JournalKind.CERTIFICATE, () -> readCertificate(at)));
        records.forEach(at -> take(at, journal));
        stored.certificates().forEach(journal::found);
        journal.found(horizon);
        if (unnamedProblems > 0) {
            problems.add(unnamedProblems + " more records are damaged");
        }
        return JournalReading.read(
                image(journal),
                header.fleetTag(),
                problems,
                new JournalReading.Tail(end, (long) file.length - end, journal));
    }

    /** The time in a note; zero if it is none. */
    static HybridTimestamp timestamp(byte[] note) {
        return note.length == Long.BYTES
                ? new HybridTimestamp(ByteBuffer.wrap(note).getLong())
                : HybridTimestamp.ZERO;
    }

    /** The places of all whole frames. Sets {@link #end}. */
    private List<Integer> scan(JournalFrames frames) {
        List<Integer> whole = new ArrayList<>();
        int at = Math.min(JournalHeader.BYTES, file.length);
        end = at;
        while (at < file.length) {
            Found found = frames.look(file, at);
            if (found == Found.WHOLE) {
                whole.add(at);
                at += JournalFrames.length(file, at);
                end = at;
                continue;
            }
            int next = frames.nextWhole(file, at);
            if (next == file.length && (found == Found.CUT || isZero(at))) {
                return whole;
            }
            problem(describe(found, at, next));
            at = next;
            end = at;
        }
        return whole;
    }

    private boolean isZero(int from) {
        for (int at = from; at < file.length; at++) {
            if (file[at] != 0) {
                return false;
            }
        }
        return true;
    }

    private String describe(Found found, int at, int next) {
        String where = (next - at) + " bytes from byte " + at;
        JournalKind kind = found == Found.NOTHING ? null : JournalKind.of(JournalFrames.kindCode(file, at));
        boolean isOne = kind != null && JournalFrames.length(file, at) == next - at;
        return isOne ? "the " + kind + " record of " + where + " is damaged" : where + " are no whole record";
    }

    private void readCertificate(int at) {
        CanonicalReader reader = new CanonicalReader(JournalFrames.payload(file, at));
        AuthorCertificate certificate = AuthorCertificate.of(reader.readBytes(AuthorCertificate.MAX_BYTES));
        reader.expectEnd();
        stored.add(certificate);
    }

    /** Takes in a record that is whole, after all certificates. */
    private void take(int at, ManifestJournal journal) {
        JournalKind kind = JournalKind.of(JournalFrames.kindCode(file, at));
        if (kind == null) {
            problem("the record at byte " + at + " is of the unknown kind " + JournalFrames.kindCode(file, at));
            return;
        }
        size.record(kind, JournalFrames.length(file, at));
        if (kind != JournalKind.CERTIFICATE) {
            guarded(at, kind, () -> take(kind, JournalFrames.payload(file, at), journal));
        }
    }

    private void take(JournalKind kind, byte[] payload, ManifestJournal journal) {
        if (kind == JournalKind.ENTRY) {
            SignedEntry entry = stored.decode(payload);
            entries.put(entry.key(), entry);
            return;
        }
        if (kind == JournalKind.PROOF) {
            SignedEntry proof = stored.decode(payload);
            proofs.remove(proof.key());
            proofs.put(proof.key(), proof);
            return;
        }
        CanonicalReader reader = new CanonicalReader(payload);
        takeSmall(kind, reader, journal);
        reader.expectEnd();
    }

    private void takeSmall(JournalKind kind, CanonicalReader reader, ManifestJournal journal) {
        switch (kind) {
            case BLOB_MARKER -> buriedBlobs.merge(blob(reader), reader.readTimestamp(), HybridTimestamp::max);
            case ENTRY_MARKER -> buriedEntries.merge(key(reader), reader.readTimestamp(), HybridTimestamp::max);
            case HORIZON -> raiseHorizon(reader.readTimestamp());
            case VERSION -> version = Math.max(version, reader.readLong());
            case REMOVAL -> entries.remove(key(reader));
            case NOTE ->
                journal.found(
                        reader.readString(ManifestJournal.MAX_NOTE_NAME_BYTES),
                        reader.readBytes(ManifestJournal.MAX_NOTE_BYTES));
            case CERTIFICATE, ENTRY, PROOF -> throw new AssertionError(kind);
        }
    }

    private void raiseHorizon(HybridTimestamp to) {
        horizon = HybridTimestamp.max(horizon, to);
        buriedBlobs.values().removeIf(marker -> marker.isBefore(horizon));
        buriedEntries.values().removeIf(marker -> marker.isBefore(horizon));
        proofs.values().removeIf(proof -> proof.entry().clock().isBefore(horizon));
    }

    private static BlobId blob(CanonicalReader reader) {
        return BlobId.read(ByteBuffer.wrap(reader.readFixed(BlobId.BYTES)));
    }

    private static EntryKey key(CanonicalReader reader) {
        return new EntryKey(blob(reader), new PeerId(reader.readString(ManifestJournal.MAX_HOST_BYTES)));
    }

    private ManifestImage image(ManifestJournal journal) {
        byte[] purged = journal.note(ManifestJournal.PURGED_UP_TO);
        return new ManifestImage(
                version,
                List.copyOf(entries.values()),
                List.copyOf(proofs.values()),
                buriedBlobs,
                buriedEntries,
                horizon,
                purged == null ? HybridTimestamp.ZERO : timestamp(purged));
    }

    /** A record that is as it was written and yet cannot be read costs itself and nothing else. */
    private void guarded(int at, JournalKind kind, Runnable action) {
        if (JournalFrames.kindCode(file, at) != kind.code()) {
            return;
        }
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            problem("the " + kind + " record at byte " + at + " cannot be read: " + e.getMessage());
        }
    }

    private void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        } else {
            unnamedProblems++;
        }
    }
}
