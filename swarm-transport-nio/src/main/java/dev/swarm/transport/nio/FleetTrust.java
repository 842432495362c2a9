package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.transport.PeerCertificate;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Believes whom the fleet's authority vouches for, as client and as server alike. Safe for many threads.
 *
 * <p>The chain is checked here and not by the JDK's trust manager, because that one fails on a missing key usage with a text
 * that names no remedy. No host name is compared: peers are dialled by address, and the certificate says who answers.
 */
final class FleetTrust extends X509ExtendedTrustManager {

    private final X509Certificate authority;
    private final Function<X509Certificate, PeerCertificate> memberCheck;

    FleetTrust(X509Certificate authority, Function<X509Certificate, PeerCertificate> memberCheck) {
        this.authority = authority;
        this.memberCheck = memberCheck;
    }

    /** Checks the chain up to the authority, its validity today, and membership. */
    void check(List<X509Certificate> chain) throws CertificateException {
        if (chain.isEmpty()) {
            throw new CertificateException("peer sent no certificate");
        }
        X509Certificate leaf = chain.get(0);
        try {
            CertPath path = CertificateFactory.getInstance("X.509")
                    .generateCertPath(
                            chain.stream().filter(c -> !c.equals(authority)).toList());
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
            parameters.setRevocationEnabled(false);
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
        } catch (CertPathValidatorException e) {
            throw new CertificateException(refusal(leaf, e), e);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("certificate chain cannot be checked: " + e.getMessage(), e);
        }
        readMember(leaf);
    }

    /** Reads who the holder of a verified certificate is; also for resumed sessions, in which no chain is checked. */
    PeerCertificate readMember(X509Certificate leaf) throws CertificateException {
        leaf.checkValidity();
        try {
            return memberCheck.apply(leaf);
        } catch (SwarmException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
            throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
            throws CertificateException {
        check(List.of(chain));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return Stream.of(authority).toArray(X509Certificate[]::new);
    }

    private String refusal(X509Certificate leaf, CertPathValidatorException e) {
        String subject = Printable.of(leaf.getSubjectX500Principal().getName());
        if (e.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
            return "certificate " + subject + " expired on "
                    + leaf.getNotAfter().toInstant() + "; issue a new one, and check this machine's clock";
        }
        return "certificate " + subject + " was not issued by this fleet's authority "
                + authority.getSubjectX500Principal().getName() + " (" + e.getMessage() + ")";
    }
}
