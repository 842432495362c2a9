package dev.swarm.peer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A node's identity: the host name that the fleet's authority wrote into its certificate. Immutable.
 *
 * @param host lower-case letters, digits, dots, hyphens and underscores; 1 to 253 characters (RFC 1035 section 2.3.4)
 */
public record PeerId(String host) implements Comparable<PeerId> {

    private static final int MAX_LENGTH = 253;

    /** Checks the form and folds to lower case. */
    public PeerId {
        if (host.isEmpty() || host.length() > MAX_LENGTH || !host.chars().allMatch(PeerId::isHostCharacter)) {
            throw new IllegalArgumentException("host name has to be 1 to " + MAX_LENGTH
                    + " letters, digits, '.', '-' or '_'; it has " + host.length() + " characters");
        }
        host = host.toLowerCase(Locale.ROOT);
    }

    @Override
    public int compareTo(PeerId other) {
        return host.compareTo(other.host);
    }

    /** Written out, as the equality of a record is slower and every leaf looks names up. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof PeerId id && host.equals(id.host));
    }

    @Override
    public int hashCode() {
        return host.hashCode();
    }

    @Override
    public String toString() {
        return host;
    }

    private static boolean isHostCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_';
    }
}
