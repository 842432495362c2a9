package dev.swarm;

import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** For whom a file is seeded, until when and under which name. Immutable. */
public final class SeedOptions {

    private final TargetSpec target;
    private final Retention retention;
    private final @Nullable String label;

    private SeedOptions(TargetSpec target, Retention retention, @Nullable String label) {
        this.target = Objects.requireNonNull(target, "target");
        this.retention = Objects.requireNonNull(retention, "retention");
        this.label = label;
    }

    /**
     * For the nodes that {@code target} names, for seven days, under the file's own name.
     *
     * @param target as {@code *}, {@code *.web.*}, {@code os=debian,-db-*}
     * @throws IllegalArgumentException if the target cannot be read
     */
    public static SeedOptions to(String target) {
        return new SeedOptions(TargetSpec.parse(Objects.requireNonNull(target, "target")), Retention.DEFAULT, null);
    }

    /** The same, kept for {@code retention}. */
    public SeedOptions withRetention(Retention value) {
        return new SeedOptions(target, value, label);
    }

    /** The same, under another name. */
    public SeedOptions withLabel(String value) {
        return new SeedOptions(target, retention, Objects.requireNonNull(value, "label"));
    }

    /** For whom. */
    public TargetSpec target() {
        return target;
    }

    /** Until when. */
    public Retention retention() {
        return retention;
    }

    /** The name, or null for the file's own. */
    public @Nullable String label() {
        return label;
    }
}
