package dev.swarm.manifest;

import dev.swarm.transport.Role;
import java.util.Comparator;
import java.util.Objects;
import java.util.Set;

/**
 * A signed entry that an {@link EntryVerifier} found to be its author's word, with the roles of the author. Immutable.
 */
public final class VerifiedEntry {

    /** Who speaks with more weight first: operators before others, then the newer entry. */
    static final Comparator<VerifiedEntry> PREFERENCE = Comparator.comparing(VerifiedEntry::isByOperator)
            .thenComparing(VerifiedEntry::signed, SignedEntry.ORDER)
            .thenComparing(verified -> verified.signed().key())
            .reversed();

    private final SignedEntry signed;
    private final Set<Role> roles;

    /** Only verifiers call this. */
    VerifiedEntry(SignedEntry signed, Set<Role> roles) {
        this.signed = Objects.requireNonNull(signed, "signed");
        this.roles = Set.copyOf(roles);
    }

    /** The entry with its proof. */
    public SignedEntry signed() {
        return signed;
    }

    /** The entry. */
    public ManifestEntry entry() {
        return signed.entry();
    }

    /** The roles in the author's certificate. */
    public Set<Role> roles() {
        return roles;
    }

    /** Whether the author is an operator, whose word counts for every entry of the blob. */
    public boolean isByOperator() {
        return roles.contains(Role.OPERATOR);
    }

    /** This entry with an equal certificate in place of its own, so that one object serves all entries of an author. */
    @SuppressWarnings("ReferenceEquality")
    VerifiedEntry withCertificate(AuthorCertificate same) {
        return same == signed.certificate() ? this : new VerifiedEntry(signed.withCertificate(same), roles);
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof VerifiedEntry verified
                        && signed.equals(verified.signed)
                        && roles.equals(verified.roles));
    }

    @Override
    public int hashCode() {
        return signed.hashCode();
    }

    @Override
    public String toString() {
        return signed + " " + roles;
    }
}
