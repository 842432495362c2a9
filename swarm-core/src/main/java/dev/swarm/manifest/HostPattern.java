package dev.swarm.manifest;

import dev.swarm.peer.PeerId;
import java.util.Locale;

/**
 * A host name or a glob over host names, lower-case. Immutable.
 *
 * @param glob 1 to 253 characters of host names, {@code *} and {@code ?}
 */
record HostPattern(String glob) {

    private static final int MAX_LENGTH = 253;

    /** Folds to lower case and checks the characters. */
    HostPattern {
        glob = glob.toLowerCase(Locale.ROOT);
        if (glob.isEmpty()
                || glob.startsWith("-")
                || glob.length() > MAX_LENGTH
                || !glob.chars().allMatch(HostPattern::isAllowed)) {
            throw new IllegalArgumentException("host pattern " + Quoted.of(glob) + " has to be 1 to " + MAX_LENGTH
                    + " letters, digits, '.', '-', '_', '*' or '?', with no '-' in front");
        }
    }

    boolean matches(PeerId host) {
        return Glob.matches(glob, host.host());
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '-'
                || c == '_'
                || c == '*'
                || c == '?';
    }
}
