package dev.swarm.driver;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.manifest.FleetId;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;

/** Which credentials may take the place of those that a running node shows. */
final class Succession {

    private Succession() {}

    /**
     * Reads the certificate of new credentials.
     *
     * @throws IllegalArgumentException if it is of another host or fleet
     * @throws SwarmException with reason IDENTITY if it is denied, or lacks the role that the node acts in
     */
    static PeerCertificate check(NodeCredentials next, PeerCertificate current, SwarmConfig config, DenyGate denyGate) {
        PeerCertificate certificate = MemberCertificates.read(next.certificate());
        FleetId fleet = FleetId.of(next.authority());
        if (!certificate.host().equals(current.host())
                || !fleet.equals(FleetId.of(config.credentials().authority()))) {
            throw new IllegalArgumentException("credentials of " + certificate.host() + " in fleet " + fleet.tag()
                    + " cannot replace those of " + current.host() + "; a node keeps its name and fleet");
        }
        if (denyGate.denies(certificate.certificate())) {
            throw new SwarmException(
                    Reason.IDENTITY,
                    "the new certificate of " + certificate.host() + ", serial number "
                            + certificate.certificate().getSerialNumber().toString(16)
                            + ", is denied: peers would refuse it; have another one issued");
        }
        Coordination.requireRole(config, certificate);
        return certificate;
    }
}
