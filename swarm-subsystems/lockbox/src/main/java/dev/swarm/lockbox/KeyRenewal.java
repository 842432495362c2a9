package dev.swarm.lockbox;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which files are to have other keys. If the machines of today are those that a file is encrypted to, and some more, its key is
 * wrapped for them and the payload stays. If one of those is no longer the user's, or it is not known which they were, the file is
 * encrypted anew, so that the key which that machine may have kept opens nothing of what is there from then on. An age file that
 * came from elsewhere is a lockbox's if this machine's key opens it; a crash makes such ones of those that it had just written. Guarded
 * by the lock of its box, but for {@link #leave}.
 */
final class KeyRenewal {

    /** In one pass, so that drops do not wait behind a change of machines. */
    private static final int MAX_FILES = 200;

    private static final long ENOUGH_BYTES = 64L << 20;

    /** More changes of machines than this while one of them is away cost it a needless encryption. */
    private static final int MAX_GENERATIONS = 128;

    private final Map<String, Set<String>> generations = new LinkedHashMap<>();
    private final Set<String> outdated = new HashSet<>();
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();
    private int done;
    private int left;

    /**
     * A file to give other keys.
     *
     * @param withPayload whether its payload is to be encrypted anew
     */
    record Task(FileEntry entry, boolean withPayload) {}

    /**
     * What is kept over a restart.
     *
     * @param generations sets of recipients by their short names
     * @param outdated payloads that are to be encrypted anew
     */
    record Memory(Map<String, Set<String>> generations, Set<String> outdated) {

        static final Memory EMPTY = new Memory(Map.of(), Set.of());

        private static final int MAX_RECIPIENTS = 1_024;
        private static final int MAX_RECIPIENT_BYTES = 128;
        private static final int MAX_OUTDATED = 10_000_000;
        private static final int GENERATION_BYTES = 8;
        private static final int PAYLOAD_BYTES = 16;

        void write(CanonicalWriter writer) {
            writer.putCount(generations.size());
            generations.forEach((name, recipients) -> {
                writer.putFixed(HexFormat.of().parseHex(name)).putCount(recipients.size());
                recipients.forEach(each -> writer.putString(each, MAX_RECIPIENT_BYTES));
            });
            writer.putCount(outdated.size());
            outdated.forEach(each -> writer.putFixed(HexFormat.of().parseHex(each)));
        }

        static Memory read(CanonicalReader reader) {
            Map<String, Set<String>> generations = new LinkedHashMap<>();
            int sets = reader.readSize(MAX_GENERATIONS, GENERATION_BYTES + 1);
            for (int i = 0; i < sets; i++) {
                String name = HexFormat.of().formatHex(reader.readFixed(GENERATION_BYTES));
                Set<String> recipients = new TreeSet<>();
                int size = reader.readSize(MAX_RECIPIENTS, 1);
                for (int j = 0; j < size; j++) {
                    recipients.add(reader.readString(MAX_RECIPIENT_BYTES));
                }
                generations.put(name, recipients);
            }
            Set<String> outdated = new HashSet<>();
            int payloads = reader.readSize(MAX_OUTDATED, PAYLOAD_BYTES);
            for (int i = 0; i < payloads; i++) {
                outdated.add(HexFormat.of().formatHex(reader.readFixed(PAYLOAD_BYTES)));
            }
            return new Memory(generations, outdated);
        }
    }

    void restore(Memory memory) {
        generations.putAll(memory.generations());
        outdated.addAll(memory.outdated());
    }

    Memory memory() {
        return new Memory(new LinkedHashMap<>(generations), Set.copyOf(outdated));
    }

    /** Has all of these get another payload. */
    void renewAll(Collection<FileEntry> entries) {
        foreign.clear();
        entries.stream()
                .filter(FileEntry::isFile)
                .forEach(entry -> outdated.add(entry.content().payload()));
        outdated.remove(FileEntry.Content.UNKNOWN_PAYLOAD);
    }

    /** The next files to give other keys, of all that are here. */
    List<Task> next(Collection<FileEntry> entries, Set<Recipient> recipients) {
        String current = remember(recipients);
        Set<String> there = new HashSet<>();
        List<Task> tasks = new ArrayList<>();
        long bytes = 0;
        boolean begun = left > 0;
        left = 0;
        for (FileEntry entry : entries) {
            FileEntry.Content content = entry.content();
            there.add(content.payload());
            boolean renewed = !outdated.contains(content.payload());
            if (foreign.contains(content.id())
                    || (renewed && content.generation().equals(current))) {
                continue;
            }
            left++;
            if (tasks.size() < MAX_FILES && bytes < ENOUGH_BYTES) {
                boolean withPayload = !renewed || !isAmong(content.generation(), current);
                tasks.add(new Task(entry, withPayload));
                bytes += withPayload ? content.size() : 0;
            }
        }
        outdated.retainAll(there);
        if (!begun && left > 0) {
            done = 0;
        }
        return tasks;
    }

    /** Leaves a content, which this machine cannot open, to another. For any thread. */
    void leave(String id) {
        foreign.add(id);
    }

    void countDone() {
        done++;
        left--;
    }

    int done() {
        return done;
    }

    int left() {
        return left;
    }

    private boolean isAmong(String earlier, String current) {
        Set<String> were = generations.get(earlier);
        Set<String> are = generations.get(current);
        return were != null && are != null && are.containsAll(were);
    }

    private String remember(Set<Recipient> recipients) {
        String name = Generations.of(recipients);
        Set<String> texts = new TreeSet<>();
        recipients.forEach(each -> texts.add(each.text()));
        generations.putIfAbsent(name, texts);
        while (generations.size() > MAX_GENERATIONS) {
            generations.remove(generations.keySet().iterator().next());
        }
        return name;
    }
}
