package dev.swarm.transport.nio;

import dev.swarm.transport.NodeCredentials;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Offers the node's one certificate to every peer. Safe for many threads.
 *
 * <p>Also to a peer that names other authorities: its refusal then tells what is wrong, where the JDK's key manager would
 * send no certificate at all.
 */
final class NodeKey extends X509ExtendedKeyManager {

    private static final String ALIAS = "node";

    private final NodeCredentials credentials;

    NodeKey(NodeCredentials credentials) {
        this.credentials = credentials;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(List.of(types));
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(List.of(type));
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(List.of(types));
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(List.of(type));
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return credentials.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return credentials.key();
    }

    private @Nullable String aliasFor(List<String> types) {
        return types.contains(credentials.certificate().getPublicKey().getAlgorithm()) ? ALIAS : null;
    }
}
