package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.manifest.MemberSignature;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Role;
import dev.swarm.user.UserId;
import java.time.Instant;
import java.util.Objects;

/** Makes and verifies the signatures of claims. Immutable; expensive. */
final class ClaimVerifier {

    private final MemberStatements statements;

    ClaimVerifier(MemberStatements statements) {
        this.statements = statements;
    }

    /** What a user's key signs for a claim. */
    byte[] message(Claim claim) {
        return UserKey.message(statements.fleet().hex(), SignedClaim.DOMAIN, claim.toBytes());
    }

    /** A claim in this node's name, which has to be an operator. */
    SignedClaim signAsOperator(Claim claim, PeerId self) {
        SignedClaim signed = SignedClaim.byOperator(claim, self, statements.sign(SignedClaim.DOMAIN, claim.toBytes()));
        verify(signed);
        return signed;
    }

    /**
     * Checks that who is named signed; whether they have a say is for {@link UserClaims}.
     *
     * @throws SwarmException with reason IDENTITY if not
     */
    void verify(SignedClaim signed) {
        UserId key = signed.key();
        if (key != null) {
            if (!UserKey.verify(key, message(signed.claim()), signed.signature())) {
                throw new SwarmException(Reason.IDENTITY, signed + ": the signature of " + key + " does not match");
            }
            return;
        }
        Instant time = Instant.ofEpochMilli(signed.claim().clock().epochMillis());
        MemberSignature proof = Objects.requireNonNull(signed.proof());
        PeerCertificate member =
                statements.signer(SignedClaim.DOMAIN, signed.claim().toBytes(), proof, time);
        if (!member.host().equals(signed.operator()) || !member.roles().contains(Role.OPERATOR)) {
            throw new SwarmException(
                    Reason.IDENTITY,
                    signed + ": " + member.host() + " is no operator of the fleet; have its certificate issued with the"
                            + " operator role");
        }
    }
}
