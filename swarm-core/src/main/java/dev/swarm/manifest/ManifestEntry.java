package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one author says of one blob: what it is, whom it is for, how long it is kept, and whether it is still distributed.
 * Immutable.
 *
 * <p>An entry that revokes carries the description of what it revokes, so that any entry can be shown by itself.
 */
public final class ManifestEntry {

    /** Subsystem that distributes files for administrators. */
    public static final String DEFAULT_CHANNEL = "filecast";

    private static final Pattern CHANNEL = Pattern.compile("[a-z0-9-]{1,32}");

    private final EntryKey key;
    private final long size;
    private final TreeRoot root;
    private final Label label;
    private final String channel;
    private final TargetSpec target;
    private final Retention retention;
    private final EntryState state;
    private final HybridTimestamp clock;
    private final HybridTimestamp endsOthersUpTo;

    private ManifestEntry(Builder builder) {
        this.key = new EntryKey(require(builder.blob, "blob"), require(builder.author, "author"));
        this.size = new BlobLayout(builder.size).size();
        this.root = require(builder.root, "root");
        this.label = require(builder.label, "label");
        this.channel = builder.channel;
        this.target = require(builder.target, "target");
        this.retention = builder.retention;
        this.state = builder.state;
        this.clock = require(builder.clock, "clock");
        this.endsOthersUpTo = state == EntryState.ACTIVE ? builder.endsOthersUpTo : clock;
        if (!channel.equals(DEFAULT_CHANNEL) && !CHANNEL.matcher(channel).matches()) {
            throw new IllegalArgumentException(
                    "channel " + Quoted.of(channel) + " has to be 1 to 32 lower-case letters, digits or '-'");
        }
        if (state == EntryState.ACTIVE
                && !endsOthersUpTo.equals(HybridTimestamp.ZERO)
                && !endsOthersUpTo.isBefore(clock)) {
            throw new IllegalArgumentException("active entry of " + clock + " cannot end others up to " + endsOthersUpTo
                    + ", which is not earlier");
        }
    }

    /** A builder with nothing set but the defaults its methods name. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this entry. */
    public Builder toBuilder() {
        return describing(
                        new Builder().blob(blob()).author(author()).state(state).clock(clock))
                .endsOthersUpTo(endsOthersUpTo);
    }

    /** Copies into {@code builder} what the blob is and whom it is for: all but key, state and time. */
    Builder describing(Builder builder) {
        return builder.size(size)
                .root(root)
                .label(label)
                .channel(channel)
                .target(target)
                .retention(retention);
    }

    /** What the entry is filed under. */
    public EntryKey key() {
        return key;
    }

    /** The blob. */
    public BlobId blob() {
        return key.blob();
    }

    /** Whose word this is. */
    public PeerId author() {
        return key.author();
    }

    /** The blob's size in bytes, as the author says. */
    public long size() {
        return size;
    }

    /** The root of the blob's hash tree, as the author says. */
    public TreeRoot root() {
        return root;
    }

    /** The name under which receivers link the blob. */
    public Label label() {
        return label;
    }

    /** The subsystem that distributes it. */
    public String channel() {
        return channel;
    }

    /** The nodes it is for. */
    public TargetSpec target() {
        return target;
    }

    /** How long it is kept. */
    public Retention retention() {
        return retention;
    }

    /** When its retention is over, counted from when it was said: milliseconds since the epoch, {@link Long#MAX_VALUE} for never. */
    public long retainedUntil() {
        return retention.endMillis(clock.epochMillis());
    }

    /** What the author says of it. */
    public EntryState state() {
        return state;
    }

    /** When the author said it. */
    public HybridTimestamp clock() {
        return clock;
    }

    /**
     * Up to when this entry ends other authors' entries of the blob, if its author is an operator.
     *
     * <p>The author's last revocation is remembered here when a new seed takes its place; else the seed would bring back
     * what the revocation had ended. {@link HybridTimestamp#ZERO} for none, the clock itself for an entry that revokes.
     */
    public HybridTimestamp endsOthersUpTo() {
        return endsOthersUpTo;
    }

    /**
     * The one encoding of this entry in a fleet. Two entries are equal exactly if these bytes are.
     *
     * <p>It starts with a text that names the type of record and the fleet's id, so that no signature over it can be
     * passed off in another fleet or as another kind of record.
     */
    public byte[] canonicalBytes(FleetId fleet) {
        CanonicalWriter writer = new CanonicalWriter(EntryCodec.MAX_CANONICAL_BYTES);
        writer.putString(EntryCodec.DOMAIN, EntryCodec.DOMAIN.length()).putFixed(fleet.toBytes());
        EntryCodec.write(writer, this);
        return writer.toByteArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ManifestEntry entry
                && key.equals(entry.key)
                && clock.equals(entry.clock)
                && Arrays.equals(EntryCodec.encode(this), EntryCodec.encode(entry));
    }

    @Override
    public int hashCode() {
        return Objects.hash(key, clock, state);
    }

    @Override
    public String toString() {
        return state + " " + key + " at " + clock;
    }

    private static <T> T require(@Nullable T value, String name) {
        if (value == null) {
            throw new IllegalArgumentException("manifest entry has no " + name);
        }
        return value;
    }

    /** Collects an entry. Confined to one thread. */
    public static final class Builder {

        private @Nullable BlobId blob;
        private @Nullable PeerId author;
        private long size = -1;
        private @Nullable TreeRoot root;
        private @Nullable Label label;
        private String channel = DEFAULT_CHANNEL;
        private @Nullable TargetSpec target;
        private Retention retention = Retention.DEFAULT;
        private EntryState state = EntryState.ACTIVE;
        private @Nullable HybridTimestamp clock;
        private HybridTimestamp endsOthersUpTo = HybridTimestamp.ZERO;

        private Builder() {}

        /** Sets the blob. */
        public Builder blob(BlobId value) {
            blob = value;
            return this;
        }

        /** Sets who will sign. */
        public Builder author(PeerId value) {
            author = value;
            return this;
        }

        /** Sets the blob's size in bytes, 0 to {@link BlobLayout#MAX_BLOB_BYTES}. */
        public Builder size(long value) {
            size = value;
            return this;
        }

        /** Sets the root of the blob's hash tree. */
        public Builder root(TreeRoot value) {
            root = value;
            return this;
        }

        /** Sets the name for receivers. */
        public Builder label(Label value) {
            label = value;
            return this;
        }

        /** Sets the subsystem, 1 to 32 lower-case letters, digits or hyphens; {@link #DEFAULT_CHANNEL} if not called. */
        public Builder channel(String value) {
            channel = Objects.requireNonNull(value, "channel");
            return this;
        }

        /** Sets the nodes it is for. There is no default. */
        public Builder target(TargetSpec value) {
            target = value;
            return this;
        }

        /** Sets how long it is kept; {@link Retention#DEFAULT} if not called. */
        public Builder retention(Retention value) {
            retention = Objects.requireNonNull(value, "retention");
            return this;
        }

        /** Sets what is said of it; {@link EntryState#ACTIVE} if not called. */
        public Builder state(EntryState value) {
            state = Objects.requireNonNull(value, "state");
            return this;
        }

        /** Sets when it is said, from {@link ManifestCrdt#nextClock}. */
        public Builder clock(HybridTimestamp value) {
            clock = value;
            return this;
        }

        /** Sets up to when others' entries stay ended; none if not called. {@link ManifestCrdt#draft} fills it in. */
        public Builder endsOthersUpTo(HybridTimestamp value) {
            endsOthersUpTo = Objects.requireNonNull(value, "endsOthersUpTo");
            return this;
        }

        /**
         * The entry.
         *
         * @throws IllegalArgumentException if something is missing or out of its range; the message names it
         */
        public ManifestEntry build() {
            return new ManifestEntry(this);
        }
    }
}
