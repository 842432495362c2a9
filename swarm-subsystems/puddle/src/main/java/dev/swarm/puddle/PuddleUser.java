package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerId;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserIdentity;
import dev.swarm.user.UserName;
import java.util.List;
import java.util.random.RandomGenerator;

/** The identity of one user of this machine. Safe for many threads. */
final class PuddleUser implements UserIdentity {

    private static final String RESERVED = "puddle-";

    private final UserName name;
    private final UserId id;
    private final Session session;
    private final Place place;

    /**
     * Where an identity lives.
     *
     * @param self this machine
     * @param fleet the fleet's id
     */
    record Place(PeerId self, String fleet, ClaimDesk desk, RandomGenerator random, NowMillis now) {}

    /** The wall clock. */
    interface NowMillis {

        /** Milliseconds since the epoch. */
        long get();
    }

    PuddleUser(UserName name, UserId id, Session session, Place place) {
        this.name = name;
        this.id = id;
        this.session = session;
        this.place = place;
    }

    Session session() {
        return session;
    }

    @Override
    public UserName user() {
        return name;
    }

    @Override
    public UserId id() {
        return id;
    }

    @Override
    public boolean unlocked() {
        return session.isOpen();
    }

    @Override
    public List<UserDevice> devices() {
        return place.desk().book().devices(id);
    }

    @Override
    public byte[] sign(String domain, byte[] message) {
        if (domain.startsWith(RESERVED)) {
            throw new IllegalArgumentException("domain " + domain + " is puddle's own; choose another");
        }
        byte[] bytes = UserKey.message(place.fleet(), domain, message);
        return session.use("cannot sign for " + name, keys -> keys.sign(bytes));
    }

    @Override
    public boolean verify(String domain, byte[] message, byte[] signature) {
        byte[] bytes = UserKey.message(place.fleet(), domain, message);
        return UserKey.verify(id, bytes, signature)
                || place.desk().book().delegates(id, place.now().get()).stream()
                        .anyMatch(key -> UserKey.verify(key, bytes, signature));
    }

    @Override
    public byte[] seal(String purpose, byte[] secret) {
        return session.use("cannot seal for " + name, keys -> SealedSecret.seal(keys, purpose, secret, place.random()));
    }

    @Override
    public byte[] open(String purpose, byte[] sealed) {
        return session.use("cannot open what is sealed for " + name, keys -> SealedSecret.open(keys, purpose, sealed));
    }

    @Override
    public void announce(String attribute, String value) {
        Claim.requireAttributeName(attribute);
        PeerId self = place.self();
        requireDevice(self);
        boolean said = devices().stream()
                .anyMatch(device -> device.host().equals(self)
                        && value.equals(device.attributes().get(attribute)));
        if (!said) {
            claim(Claim.Kind.ATTRIBUTE, self.host() + "/" + attribute, true, value);
        }
    }

    @Override
    public void evict(PeerId device) {
        requireDevice(device);
        claim(Claim.Kind.DEVICE, device.host(), false, "evicted");
    }

    private void requireDevice(PeerId device) {
        if (devices().stream().noneMatch(known -> known.host().equals(device))) {
            throw new SwarmException(
                    Reason.NOT_FOUND, device + " is no machine of " + name + "; 'status' lists those that are");
        }
    }

    /** Whether something is known of the user's machines, and this is none of them: it left, or was evicted. */
    boolean isOut() {
        return !place.desk().book().claims(id).isEmpty()
                && devices().stream().noneMatch(device -> device.host().equals(place.self()));
    }

    /** Says something in the user's name; needs the key. */
    void claim(Claim.Kind kind, String subject, boolean standing, String value) {
        claimFor(id, kind, subject, standing, value);
    }

    /** Says something of a user whose key delegates to this one's. */
    SignedClaim claimFor(UserId user, Claim.Kind kind, String subject, boolean standing, String value) {
        return place.desk()
                .make(
                        new ClaimDesk.Draft(user, kind, subject, standing, value),
                        id,
                        message -> session.use("cannot speak for " + name, keys -> keys.sign(message)));
    }

    @Override
    public String toString() {
        return "identity of " + name + ", " + id;
    }
}
