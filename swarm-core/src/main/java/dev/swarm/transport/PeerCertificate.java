package dev.swarm.transport;

import dev.swarm.peer.PeerId;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Set;

/**
 * Who is at the other end of a connection, as the fleet's authority vouches for it. Immutable.
 *
 * @param host the host name the certificate binds to its key
 * @param roles the roles the authority granted
 * @param certificate the certificate that was verified in the handshake
 */
public record PeerCertificate(PeerId host, Set<Role> roles, X509Certificate certificate) {

    /** Copies the roles. */
    public PeerCertificate {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(certificate, "certificate");
        roles = Set.copyOf(roles);
    }
}
