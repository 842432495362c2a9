package dev.swarm.manifest;

import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What members sign beside manifest entries: statements that travel from node to node and are believed by whose they are, not by
 * who brought them. Safe for many threads; expensive, and not for an event loop.
 */
public interface MemberStatements {

    /** The fleet that the statements are of. */
    FleetId fleet();

    /**
     * Signs a statement with the node's own key.
     *
     * @param domain what is stated, 1 to 64 visible ASCII characters; a signature for one domain is none for another
     * @throws dev.swarm.SwarmException with reason IDENTITY if the key fails
     */
    MemberSignature sign(String domain, byte[] statement);

    /**
     * Verifies who signed a statement: the fleet's authority issued the certificate, it was valid at {@code time} and was not
     * withdrawn, and its key made the signature for this fleet and domain.
     *
     * @throws dev.swarm.SwarmException with reason IDENTITY if any of that does not hold
     */
    PeerCertificate signer(String domain, byte[] statement, MemberSignature signature, Instant time);

    /**
     * The statements of a node.
     *
     * @param withdrawn whether a certificate was withdrawn; asked for every signature, from any thread
     */
    static MemberStatements of(NodeCredentials credentials, Predicate<X509Certificate> withdrawn) {
        return new KeyMemberStatements(credentials, withdrawn);
    }
}
