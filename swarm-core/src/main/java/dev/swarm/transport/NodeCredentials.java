package dev.swarm.transport;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/**
 * What a node proves itself with, and whom it believes. Immutable; {@code toString} shows no key.
 *
 * @param chain the node's certificate, then those that lead to the authority, without the authority's own
 * @param key the private key of the first certificate
 * @param authority the certificate of the fleet's authority
 */
public record NodeCredentials(List<X509Certificate> chain, PrivateKey key, X509Certificate authority) {

    /** Checks that there is a certificate. */
    public NodeCredentials {
        chain = List.copyOf(chain);
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(authority, "authority");
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("credentials need at least the node's own certificate");
        }
    }

    /** The node's own certificate. */
    public X509Certificate certificate() {
        return chain.get(0);
    }

    @Override
    public String toString() {
        return "NodeCredentials[" + certificate().getSubjectX500Principal() + "]";
    }
}
