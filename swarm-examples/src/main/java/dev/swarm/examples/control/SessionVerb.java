package dev.swarm.examples.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that a running node does for the user at the other end of a session socket. */
@FunctionalInterface
public interface SessionVerb {

    /**
     * Does it.
     *
     * @param request the members of the request
     * @param secret what was sent beside them, as a passphrase; empty if nothing was. Wiped when this returns
     * @param content what is sent after them and before the answer; ended by the caller
     * @return the members of the answer
     * @throws Exception whose message tells the person at the other end what is wrong
     */
    Map<String, @Nullable Object> run(Map<String, @Nullable Object> request, char[] secret, SessionContent content)
            throws Exception;
}
