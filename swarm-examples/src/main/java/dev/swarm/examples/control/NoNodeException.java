package dev.swarm.examples.control;

import java.io.IOException;

/** Nobody answers on a node's control socket. */
public final class NoNodeException extends IOException {

    private static final long serialVersionUID = 1L;

    NoNodeException(String message) {
        super(message);
    }
}
