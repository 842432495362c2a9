package dev.swarm.manifest;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ManifestJournal} turned out to hold. Immutable but for the writing end.
 */
public final class JournalReading {

    private final State state;
    private final String fileFleetTag;
    private final int format;
    private final ManifestImage image;
    private final List<String> problems;
    private final long end;
    private final long tornBytes;
    private final @Nullable ManifestJournal journal;

    /** What can be made of a file. */
    public enum State {
        /** It is a journal of this fleet; what can be read of it has been. */
        READ,
        /** It is the journal of another fleet. */
        OTHER_FLEET,
        /** A later version of this program wrote it. */
        LATER_FORMAT,
        /** It has no header, and thus is no journal or not one any more. */
        NO_JOURNAL
    }

    private JournalReading(
            State state,
            String fileFleetTag,
            int format,
            ManifestImage image,
            List<String> problems,
            @Nullable Tail tail) {
        this.state = state;
        this.fileFleetTag = fileFleetTag;
        this.format = format;
        this.image = Objects.requireNonNull(image, "image");
        this.problems = List.copyOf(problems);
        this.end = tail == null ? 0 : tail.end();
        this.tornBytes = tail == null ? 0 : tail.tornBytes();
        this.journal = tail == null ? null : tail.journal();
    }

    /**
     * The end of a file that was read.
     *
     * @param end where the next record belongs
     * @param tornBytes what stands there of a record that was never written to its end
     * @param journal goes on there
     */
    record Tail(long end, long tornBytes, ManifestJournal journal) {}

    static JournalReading read(ManifestImage image, String fleetTag, List<String> problems, Tail tail) {
        return new JournalReading(State.READ, fleetTag, ManifestJournal.FORMAT, image, problems, tail);
    }

    static JournalReading unread(State state, String fleetTag, int format) {
        return new JournalReading(state, fleetTag, format, ManifestImage.EMPTY, List.of(), null);
    }

    /** What can be made of the file. */
    public State state() {
        return state;
    }

    /** The tag of the fleet that the file names; empty if it names none. */
    public String fleetTag() {
        return fileFleetTag;
    }

    /** The version of the format that the file names; 0 if it names none. */
    public int format() {
        return format;
    }

    /** What could be read; {@link ManifestImage#EMPTY} if nothing. */
    public ManifestImage image() {
        return image;
    }

    /** What is damaged, with its place and what was lost by it, one message each; of very many only the first hundred. */
    public List<String> problems() {
        return problems;
    }

    /** The byte at which the next record belongs. */
    public long end() {
        return end;
    }

    /** Bytes after {@link #end} that an append which did not come to its end left behind; to be cut off. */
    public long tornBytes() {
        return tornBytes;
    }

    /** The writing end of the file, which goes on at {@link #end}; null unless the state is {@code READ}. */
    public @Nullable ManifestJournal journal() {
        return journal;
    }
}
