package dev.swarm.user;

import java.util.regex.Pattern;

/**
 * A user's name on one machine. Says nothing about other machines, where the same person may be called otherwise. Immutable.
 *
 * @param name 1 to 32 letters, digits, dots, hyphens and underscores, the first of them no hyphen or dot, so that it is one
 *     component of a path and no option of a command (IEEE 1003.1, section 3.426)
 */
public record UserName(String name) implements Comparable<UserName> {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,31}");

    /** Checks the form. */
    public UserName {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "user name has to be 1 to 32 letters, digits, '.', '-' or '_', the first no '.' or '-'; it has "
                            + name.length() + " characters");
        }
    }

    @Override
    public int compareTo(UserName other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
