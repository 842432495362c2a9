package dev.swarm.user;

import dev.swarm.peer.PeerId;
import java.util.Map;

/**
 * One of a user's machines, as the user's identity vouches for it. Immutable.
 *
 * @param host the node
 * @param attributes what plugins on it announced with {@link UserIdentity#announce}, by name
 */
public record UserDevice(PeerId host, Map<String, String> attributes) {

    /** Keeps a copy. */
    public UserDevice {
        attributes = Map.copyOf(attributes);
    }
}
