package dev.swarm.benchmarks.pair;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A way to move the content from one process to another. */
enum Contestant {
    /** A blocking socket with an SSLEngine on it; what comes is dropped. */
    BARE_TLS(null),
    /** The same with leaf check, whole hash, file and flush. */
    BARE_LOOP(null),
    /** Ranges over the transport; what comes is dropped. */
    TRANSPORT_RAW(BARE_TLS),
    /** The same with leaf check, whole hash, file and flush. */
    TRANSPORT(BARE_LOOP),
    /** Two nodes. */
    NODE(BARE_LOOP);

    private final @Nullable Contestant base;

    Contestant(@Nullable Contestant base) {
        this.base = base;
    }

    /** What it is measured against; null for a ceiling. */
    @Nullable
    Contestant base() {
        return base;
    }

    /** Its name on the command line and in tables. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Contestant of(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
