package dev.swarm.examples.control;

import java.io.IOException;

/** A user may not ask a node, or look whether there is one. */
public final class NodeForbiddenException extends IOException {

    /** What to do about it. */
    public static final String REMEDY = "run it as the node's user or root";

    private static final long serialVersionUID = 1L;

    NodeForbiddenException(String message) {
        super(message);
    }
}
