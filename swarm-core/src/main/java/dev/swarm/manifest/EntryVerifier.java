package dev.swarm.manifest;

import java.security.cert.X509Certificate;
import java.util.function.Predicate;

/**
 * Tells whether a signed entry is its author's word. Safe for many threads; expensive, and not for an event loop.
 */
@FunctionalInterface
public interface EntryVerifier {

    /**
     * Verifies an entry: its certificate was issued by the fleet's authority and valid at the entry's time, names the
     * entry's author, and its key signed the entry for this fleet.
     *
     * @return the entry with the roles that the certificate grants its author
     * @throws RefusedEntryException if any of that does not hold
     */
    VerifiedEntry verify(SignedEntry entry) throws RefusedEntryException;

    /** A verifier for the members of an authority, none of whom was withdrawn. */
    static EntryVerifier of(FleetId fleet, X509Certificate authority) {
        return of(fleet, authority, certificate -> false);
    }

    /**
     * A verifier for the members of an authority.
     *
     * <p>Certificates are taken as valid at an entry's time and not at the present, so that entries outlive the renewal of
     * their author's certificate. That time is the author's own word: a key that leaks is to be withdrawn, its expiry alone
     * does not stop back-dated entries.
     *
     * @param authority has issued its members' certificates itself; its own validity is not judged, as of any trust anchor
     * @param withdrawn whether a certificate was withdrawn; asked for every entry, from any thread
     */
    static EntryVerifier of(FleetId fleet, X509Certificate authority, Predicate<X509Certificate> withdrawn) {
        return new PkixEntryVerifier(fleet, authority, withdrawn);
    }
}
