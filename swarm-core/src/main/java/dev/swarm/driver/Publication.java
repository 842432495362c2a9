package dev.swarm.driver;

import dev.swarm.blob.Label;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import java.util.Objects;

/**
 * What an entry says of a blob beside its content.
 *
 * @param label name under which receivers link it
 * @param channel subsystem that distributes it
 * @param target for whom
 * @param retention until when
 */
public record Publication(Label label, String channel, TargetSpec target, Retention retention) {

    /** Refuses null. */
    public Publication {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(channel, "channel");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(retention, "retention");
    }
}
