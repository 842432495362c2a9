package dev.swarm.puddle;

import dev.swarm.user.UserId;
import java.util.Arrays;

/** A new identity. Not safe for many threads. */
public final class Founding {

    private final UserId user;
    private final char[] recoveryKey;

    Founding(UserId user, char[] recoveryKey) {
        this.user = user;
        this.recoveryKey = recoveryKey;
    }

    /** Whose it is. */
    public UserId user() {
        return user;
    }

    /** What to print and put away, in groups of four characters; empty if none was asked for. A copy, which the caller wipes. */
    public char[] recoveryKey() {
        return recoveryKey.clone();
    }

    /** Wipes the recovery key. */
    public void wipe() {
        Arrays.fill(recoveryKey, '\0');
    }

    /** Shows the user alone. */
    @Override
    public String toString() {
        return "identity " + user;
    }
}
