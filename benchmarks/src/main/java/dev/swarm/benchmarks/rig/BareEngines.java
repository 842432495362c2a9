package dev.swarm.benchmarks.rig;

import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Makes both ends of mutual TLS 1.3 with AES-128-GCM and the JDK's own managers of keys and trust. Immutable. */
public final class BareEngines {

    private static final char[] PASSWORD = "memory".toCharArray();

    private final SSLContext context;

    /** Engines that prove themselves with {@code credentials} and believe their authority. */
    public BareEngines(NodeCredentials credentials) throws IOException {
        try {
            KeyStore keys = emptyStore();
            keys.setKeyEntry(
                    "own", credentials.key(), PASSWORD, credentials.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            own.init(keys, PASSWORD);
            KeyStore authorities = emptyStore();
            authorities.setCertificateEntry("authority", credentials.authority());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            context = SSLContext.getInstance("TLSv1.3");
            context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java cannot speak TLS 1.3", e);
        }
    }

    /** The accepting end. */
    public SSLEngine server() {
        SSLEngine engine = configured(context.createSSLEngine());
        engine.setUseClientMode(false);
        return engine;
    }

    /** The connecting end, whose handshake is a full one each time. */
    public SSLEngine client() {
        SSLEngine engine = configured(context.createSSLEngine());
        engine.setUseClientMode(true);
        return engine;
    }

    /** The connecting end, which resumes the session it had with that host and port before, if any. */
    public SSLEngine client(String host, int port) {
        SSLEngine engine = configured(context.createSSLEngine(host, port));
        engine.setUseClientMode(true);
        return engine;
    }

    private static SSLEngine configured(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"});
        parameters.setNeedClientAuth(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
