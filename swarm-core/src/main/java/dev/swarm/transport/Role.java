package dev.swarm.transport;

import java.util.Locale;

/** What a certificate allows its holder beyond membership; carried as URI names in it. */
public enum Role {
    /** May change and revoke what others published, and evict. */
    OPERATOR,
    /** May take check-ins. */
    COORDINATOR;

    private static final String PREFIX = "urn:swarm:role:";

    /** The URI that stands for this role in a certificate's subject alternative names. */
    public String uri() {
        return PREFIX + name().toLowerCase(Locale.ROOT);
    }
}
