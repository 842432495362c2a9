/** Transport over selector loops: TLS sessions, HTTP/1.1 client and server, multicast discovery. */
@NullMarked
package dev.swarm.transport.nio;

import org.jspecify.annotations.NullMarked;
