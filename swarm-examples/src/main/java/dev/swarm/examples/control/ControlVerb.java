package dev.swarm.examples.control;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that a running node does when it is asked to over its control socket. */
@FunctionalInterface
public interface ControlVerb {

    /**
     * Does it.
     *
     * @param request the members of the request
     * @param caller who waits for the answer; what takes long ends when they are gone
     * @return the members of the answer
     * @throws Exception whose message tells the person at the other end what is wrong
     */
    Map<String, @Nullable Object> run(Map<String, @Nullable Object> request, Caller caller) throws Exception;
}
