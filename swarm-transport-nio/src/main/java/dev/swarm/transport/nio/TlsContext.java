package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** Makes the two ends of TLS 1.3 connections out of one set of credentials. Immutable; safe for many threads. */
final class TlsContext implements Security {

    /** AES-128 first: it is the fastest that the JDK has, and ChaCha20 costs five to seven times as much on Java 17. */
    private static final List<String> CIPHER_SUITES =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /** How long a session may be resumed: the JDK's day would outlive most reasons to look at a peer anew. */
    private static final int SESSION_SECONDS = 3_600;

    private final SSLContext context;
    private final FleetTrust trust;
    private final SSLParameters parameters;

    TlsContext(NodeCredentials credentials, Function<X509Certificate, PeerCertificate> memberCheck) {
        trust = new FleetTrust(credentials.authority(), memberCheck);
        try {
            trust.check(credentials.chain());
        } catch (CertificateException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY,
                    "this node's own credentials would be refused by its peers: " + e.getMessage(),
                    e);
        }
        try {
            context = SSLContext.getInstance("TLSv1.3");
            context.init(new KeyManager[] {new NodeKey(credentials)}, new TrustManager[] {trust}, null);
        } catch (GeneralSecurityException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY, "this Java cannot speak TLS 1.3: " + e.getMessage(), e);
        }
        context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
        parameters = parameters();
    }

    @Override
    public TlsSession server() throws SSLException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return new TlsSession(engine);
    }

    @Override
    public TlsSession client(PeerAddress peer) throws SSLException {
        SSLEngine engine = context.createSSLEngine(peer.ip().getHostAddress(), peer.port());
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters);
        return new TlsSession(engine);
    }

    @Override
    public PeerCertificate readMember(X509Certificate certificate) throws CertificateException {
        return trust.readMember(certificate);
    }

    private SSLParameters parameters() {
        SSLParameters chosen = context.getDefaultSSLParameters();
        List<String> known = List.of(context.getSupportedSSLParameters().getCipherSuites());
        chosen.setProtocols(new String[] {"TLSv1.3"});
        chosen.setCipherSuites(CIPHER_SUITES.stream().filter(known::contains).toArray(String[]::new));
        chosen.setUseCipherSuitesOrder(true);
        chosen.setNeedClientAuth(true);
        // Peers are dialled by address: without server names the engine sends none, and none is compared.
        chosen.setServerNames(List.of());
        return chosen;
    }
}
