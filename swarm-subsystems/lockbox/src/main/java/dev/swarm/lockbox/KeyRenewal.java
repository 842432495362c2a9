package dev.swarm.lockbox;

import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final Set<String> newGenerations = new LinkedHashSet<>();
    private final Set<String> changedPayloads = new HashSet<>();
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();
    private int done;
    private int left;
    private boolean settled;
    private String settledFor = "";

    /**
     * A file to give other keys.
     *
     * @param withPayload whether its payload is to be encrypted anew
     */
    record Task(FileEntry entry, boolean withPayload) {}

    /** Takes in a set of recipients that an earlier run knew. */
    void restore(String name, Set<String> recipients) {
        put(name, recipients);
    }

    /** Takes in whether a payload was to be encrypted anew in an earlier run. */
    void restore(String payload, boolean isOutdated) {
        if (isOutdated) {
            outdated.add(payload);
        } else {
            outdated.remove(payload);
        }
    }

    /** Whether something is to be kept that is not kept yet. */
    boolean hasChanges() {
        return !newGenerations.isEmpty() || !changedPayloads.isEmpty();
    }

    /** All that is to be kept is. */
    void forgetChanges() {
        newGenerations.clear();
        changedPayloads.clear();
    }

    /** Writes all that is to be kept. */
    void write(IndexRecords target) throws IOException {
        for (Map.Entry<String, Set<String>> each : generations.entrySet()) {
            target.generation(each.getKey(), each.getValue());
        }
        for (String payload : outdated) {
            target.outdated(payload, true);
        }
    }

    /** Writes what is to be kept and is not kept yet. */
    void writeChanges(IndexRecords target) throws IOException {
        for (String name : newGenerations) {
            target.generation(name, generations.getOrDefault(name, Set.of()));
        }
        for (String payload : changedPayloads) {
            target.outdated(payload, outdated.contains(payload));
        }
    }

    /** Has all of these get another payload. */
    void renewAll(Collection<FileEntry> entries) {
        foreign.clear();
        entries.stream()
                .filter(FileEntry::isFile)
                .map(entry -> entry.content().payload())
                .filter(payload -> !payload.equals(FileEntry.Content.UNKNOWN_PAYLOAD) && outdated.add(payload))
                .forEach(changedPayloads::add);
        settled = false;
    }

    /** Whether nothing is to be done as long as the recipients stay, but for files that come or change. */
    boolean isSettled(Set<Recipient> recipients) {
        return settled && settledFor.equals(Generations.of(recipients));
    }

    /** Whether a file that came or changed is as it should be, if all others are. */
    boolean isCurrent(FileEntry.Content content) {
        return foreign.contains(content.id())
                || (content.generation().equals(settledFor) && !outdated.contains(content.payload()));
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
        Set<String> gone = new HashSet<>(outdated);
        gone.removeAll(there);
        outdated.removeAll(gone);
        changedPayloads.addAll(gone);
        settled = left == 0;
        settledFor = current;
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
        if (!generations.containsKey(name)) {
            put(name, texts);
            newGenerations.add(name);
        }
        return name;
    }

    private void put(String name, Set<String> texts) {
        generations.put(name, texts);
        while (generations.size() > MAX_GENERATIONS) {
            generations.remove(generations.keySet().iterator().next());
        }
    }
}
