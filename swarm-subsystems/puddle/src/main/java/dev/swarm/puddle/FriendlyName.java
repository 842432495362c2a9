package dev.swarm.puddle;

import java.util.regex.Pattern;

/**
 * What a user may be called: ASCII alone, so that no two names look the same. Stateless.
 */
final class FriendlyName {

    private static final Pattern FORM = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?");

    /** A user id is no name, so that what is resolved is one or the other. */
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private FriendlyName() {}

    static void require(String name) {
        if (!FORM.matcher(name).matches() || ID.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name has to be 1 to 64 lower-case letters, digits, '.', '-' or '_', the first and the last a letter"
                            + " or digit; it has " + name.length() + " characters");
        }
    }
}
