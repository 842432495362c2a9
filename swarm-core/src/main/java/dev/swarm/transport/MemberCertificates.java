package dev.swarm.transport;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerId;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads who a certificate makes its holder: host name, roles and the right to be both ends of a connection.
 *
 * <p>Whether the fleet's authority issued it, and whether it is valid today, is for the check of its chain. Stateless.
 */
public final class MemberCertificates {

    private static final int DNS_NAME = 2;
    private static final int URI_NAME = 6;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private MemberCertificates() {}

    /**
     * Reads a member's certificate.
     *
     * @throws SwarmException with reason IDENTITY, saying what is missing and how to issue the certificate, if it has no
     *     host name or does not allow both ends of a connection
     */
    public static PeerCertificate read(X509Certificate certificate) {
        PeerId host = host(certificate);
        List<String> missing = missingUsages(certificate, host);
        if (!missing.isEmpty()) {
            throw identity("certificate of " + host + " does not allow extended key usage "
                    + String.join(" and ", missing) + "; issue it again with clientAuth and serverAuth");
        }
        return new PeerCertificate(host, roles(certificate), certificate);
    }

    private static PeerId host(X509Certificate certificate) {
        String name = firstName(certificate);
        if (name == null) {
            throw identity("certificate with serial number "
                    + certificate.getSerialNumber().toString(16)
                    + " names no host; issue it again with the host name as a subject alternative name of type DNS");
        }
        try {
            return new PeerId(name);
        } catch (IllegalArgumentException e) {
            throw identity("certificate with serial number "
                    + certificate.getSerialNumber().toString(16) + ": " + e.getMessage());
        }
    }

    private static List<String> missingUsages(X509Certificate certificate, PeerId host) {
        List<String> usages = usages(certificate, host);
        List<String> missing = new ArrayList<>();
        if (!usages.contains(CLIENT_AUTH)) {
            missing.add("clientAuth");
        }
        if (!usages.contains(SERVER_AUTH)) {
            missing.add("serverAuth");
        }
        return missing;
    }

    private static List<String> usages(X509Certificate certificate, PeerId host) {
        try {
            List<String> usages = certificate.getExtendedKeyUsage();
            return usages == null ? List.of() : usages;
        } catch (CertificateParsingException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY, "certificate of " + host + " has unreadable key usages", e);
        }
    }

    private static Set<Role> roles(X509Certificate certificate) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (List<?> name : alternativeNames(certificate)) {
            for (Role role : Role.values()) {
                if (name.get(0).equals(URI_NAME) && role.uri().equals(name.get(1))) {
                    roles.add(role);
                }
            }
        }
        return roles;
    }

    private static @Nullable String firstName(X509Certificate certificate) {
        for (List<?> name : alternativeNames(certificate)) {
            if (name.get(0).equals(DNS_NAME) && name.get(1) instanceof String text) {
                return text;
            }
        }
        return null;
    }

    private static Collection<List<?>> alternativeNames(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY,
                    "certificate with serial number "
                            + certificate.getSerialNumber().toString(16) + " has unreadable alternative names",
                    e);
        }
    }

    private static SwarmException identity(String message) {
        return new SwarmException(SwarmException.Reason.IDENTITY, message);
    }
}
