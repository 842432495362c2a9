package dev.swarm.transport.nio;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerCertificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** Makes the two ends of protected connections, and says who is at the other one. Safe for many threads. */
interface Security {

    /** The accepting end. */
    RecordLayer server() throws SSLException;

    /** The connecting end; the address is the key under which sessions are resumed. */
    RecordLayer client(PeerAddress peer) throws SSLException;

    /** Who a verified certificate makes its holder. */
    PeerCertificate readMember(X509Certificate certificate) throws CertificateException;
}
