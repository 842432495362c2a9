package dev.swarm.examples.cli;

import java.util.Map;

/**
 * Bounds of the JDK's HTTP server, behind the admin port. They are the whole process's and are read when its first server is made,
 * so they are for the main method of an application.
 */
final class ServerLimits {

    /** Seconds, fields and connections: somebody who sends half requests keeps others out for no longer. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "sun.net.httpserver.maxReqTime",
            "10",
            "sun.net.httpserver.maxRspTime",
            "60",
            "sun.net.httpserver.maxReqHeaders",
            "64",
            "sun.net.httpserver.maxIdleConnections",
            "32",
            "sun.net.httpserver.nodelay",
            "true");

    private ServerLimits() {}

    /** Sets those that the process was not started with. */
    static void set() {
        DEFAULTS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
