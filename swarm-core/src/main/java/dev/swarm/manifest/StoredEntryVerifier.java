package dev.swarm.manifest;

import dev.swarm.SwarmException;
import dev.swarm.manifest.RefusedEntryException.Reason;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.PeerCertificate;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds the roles of authors whose entries this node verified before it stored them, and looks at no signature. Confined to one
 * thread.
 */
final class StoredEntryVerifier implements EntryVerifier {

    private final Map<AuthorCertificate, PeerCertificate> members = new HashMap<>();

    @Override
    public VerifiedEntry verify(SignedEntry signed) throws RefusedEntryException {
        PeerCertificate member = members.get(signed.certificate());
        if (member == null) {
            member = read(signed);
            members.put(signed.certificate(), member);
        }
        if (!member.host().equals(signed.entry().author())) {
            throw new RefusedEntryException(
                    Reason.WRONG_AUTHOR,
                    "stored manifest entry " + signed.key() + ": the certificate is that of " + member.host());
        }
        return new VerifiedEntry(signed, member.roles());
    }

    private static PeerCertificate read(SignedEntry signed) throws RefusedEntryException {
        try {
            return MemberCertificates.read(signed.certificate().parse());
        } catch (CertificateException | SwarmException | IllegalArgumentException e) {
            throw new RefusedEntryException(
                    Reason.NOT_A_MEMBER,
                    "stored manifest entry " + signed.key() + ": its certificate cannot be used: " + e.getMessage(),
                    e);
        }
    }
}
