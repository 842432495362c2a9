package dev.swarm.examples.cli;

import dev.swarm.peer.PeerId;
import dev.swarm.transport.MemberCertificates;
import java.security.cert.X509Certificate;

/** Holds the name that was given against the one in the certificate, which is the one that counts. */
final class HostCheck {

    private HostCheck() {}

    static void require(String given, X509Certificate certificate) {
        PeerId certified = MemberCertificates.read(certificate).host();
        if (!certified.equals(new PeerId(given))) {
            throw new IllegalArgumentException("--host is '" + given + "', but the certificate is for '" + certified
                    + "'; use that name or issue a certificate for " + given);
        }
    }
}
