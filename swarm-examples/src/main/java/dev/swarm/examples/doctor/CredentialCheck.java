package dev.swarm.examples.doctor;

import dev.swarm.SwarmException;
import dev.swarm.examples.view.HumanText;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PemCredentials;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at a node's certificate, key and authority. Reads the files anew, as the next start of the node will. */
public final class CredentialCheck {

    /** Time to have another certificate issued before the node is refused by all. */
    private static final Duration SOON = Duration.ofDays(7);

    private static final String NAME = "certificate";

    private CredentialCheck() {}

    /** Key usages, dates and whether the three belong together. */
    public static Check of(Path certificate, Path key, Path authority, Instant now) {
        try {
            NodeCredentials credentials = PemCredentials.load(certificate, key, authority);
            String host =
                    MemberCertificates.read(credentials.certificate()).host().host();
            for (X509Certificate each : credentials.chain()) {
                Check outOfDate = dates(each, certificate, now);
                if (outOfDate != null) {
                    return outOfDate;
                }
            }
            Check outOfDate = dates(credentials.authority(), authority, now);
            return outOfDate != null ? outOfDate : issued(credentials, certificate, authority, host, now);
        } catch (SwarmException e) {
            return Check.failed(NAME, String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable Check dates(X509Certificate each, Path file, Instant now) {
        Instant begins = each.getNotBefore().toInstant();
        Instant ends = each.getNotAfter().toInstant();
        if (now.isBefore(begins)) {
            return Check.failed(
                    NAME, file + " is valid from " + begins + " on, and it is " + now, "set the clock, or wait");
        }
        if (now.isAfter(ends)) {
            return Check.failed(NAME, file + " expired at " + ends, "have a new certificate issued");
        }
        Duration left = Duration.between(now, ends);
        return left.compareTo(SOON) < 0
                ? Check.failed(
                        NAME,
                        file + " expires at " + ends + ", in " + HumanText.duration(left),
                        "have a new certificate issued and restart the node")
                : null;
    }

    private static Check issued(
            NodeCredentials credentials, Path certificate, Path authority, String host, Instant now) {
        try {
            CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(credentials.chain());
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(credentials.authority(), null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            return Check.passed(
                    NAME,
                    "certificate of " + host + " may be both ends, until "
                            + credentials.certificate().getNotAfter().toInstant());
        } catch (GeneralSecurityException e) {
            return Check.failed(
                    NAME,
                    certificate + " was not issued by the authority in " + authority + ": " + e.getMessage(),
                    "name the certificate of the authority that issued it, or have one issued by this authority");
        }
    }
}
