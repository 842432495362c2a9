package dev.swarm.examples.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a subsystem that acts for users is asked. Confined to one thread. */
final class SessionRequest {

    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    private SessionRequest() {}

    /**
     * A request without anything beside.
     *
     * @param subsystem whom it is for
     * @param what it is to do
     */
    static SessionRequest to(String subsystem, String what) {
        return new SessionRequest().with("verb", subsystem).with("what", what);
    }

    /** This request with a further member. */
    SessionRequest with(String name, Object value) {
        members.put(name, value);
        return this;
    }

    /** The request as it is sent. */
    Map<String, @Nullable Object> members() {
        return members;
    }
}
