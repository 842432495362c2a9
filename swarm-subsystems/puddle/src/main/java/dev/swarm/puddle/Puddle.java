package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.trait.JsonText;
import dev.swarm.user.UserId;
import dev.swarm.user.UserIdentities;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One user's identity across their machines: a key pair made once, carried to other machines by pairing, in memory only while a
 * session lasts. Offers {@link UserIdentities} to other plugins. Safe for many threads.
 *
 * <p>Acts for users whom the {@linkplain SubsystemContext#users() policy} allows it, each with their files in
 * {@code <home>/.puddle}. Methods that take a user fail with reason FORBIDDEN if the policy does not allow that user, NOT_FOUND if
 * the user has no identity here, LOCKED if they need the key and it is not in memory, STORAGE if the disk fails, CORRUPT if a key
 * file is damaged, CLOSED if the gate is closed. Passphrases, codes and keys that are handed in stay the caller's to wipe.
 */
public final class Puddle implements Subsystem {

    /** The subsystem's name. */
    public static final String NAME = "puddle";

    /** Time without use after which a session ends. Longer asks a user less often, and leaves the key in memory longer. */
    public static final Duration DEFAULT_IDLE = Duration.ofMinutes(15);

    /** Time for which a pairing code is open: long enough to walk to another machine. */
    public static final Duration PAIRING_LIFETIME = Duration.ofMinutes(5);

    /** Fewest characters of a passphrase: how long is long enough is the host application's to ask of its users. */
    public static final int MIN_PASSPHRASE = 1;

    /** How long a caller waits who comes before the node has started this. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(Puddle.class);

    private final RandomGenerator random;
    private final Argon2Cost cost;
    private final Duration idle;

    /** One user's files are looked at and changed under this. */
    private final Object files = new Object();

    /** Down once this was started for the first time, which takes a node a moment after it serves. */
    private final CountDownLatch started = new CountDownLatch(1);

    private volatile @Nullable Running running;

    /** What there is while the gate is open. */
    private record Running(SubsystemContext node, LocalUsers users, ClaimDesk desk, ClaimSync sync, Pairing pairing) {}

    Puddle(RandomGenerator random, Argon2Cost cost, Duration idle) {
        this.random = random;
        this.cost = cost;
        this.idle = idle;
    }

    @Override
    public void start(SubsystemContext node) {
        LocalUsers users = new LocalUsers();
        ClaimFiles claimFiles;
        try {
            claimFiles = new ClaimFiles(node.dataDirectory());
        } catch (IOException e) {
            started.countDown();
            throw storage("cannot make " + node.dataDirectory().resolve(NAME), e);
        }
        ClaimDesk desk = new ClaimDesk(
                node,
                new ClaimBook(users::has),
                claimFiles,
                (changed, here) -> node.execute(() -> learnt(changed, here)));
        Running now = new Running(
                node, users, desk, new ClaimSync(node, desk, random), new Pairing(node, random, this::handOver));
        running = now;
        lookAtUsers(now);
        desk.load();
        now.sync().serve();
        now.pairing().serve();
        node.offer(UserIdentities.class, users);
        node.offerTrait(NAME, () -> trait(now));
        started.countDown();
    }

    @Override
    public void onCycle() {
        Running now = running;
        if (now == null) {
            return;
        }
        boolean changed = lookAtUsers(now);
        for (PuddleUser user : now.users().all()) {
            if (user.session().hasLapsed()) {
                log.info("the session of {} ended", user.user());
                now.pairing().offers().withdraw(user.user());
                changed = true;
            }
        }
        if (changed) {
            now.users().tell();
        }
        now.desk().write();
        now.sync().cycle();
    }

    @Override
    public void close() {
        Running now = running;
        running = null;
        if (now != null) {
            for (PuddleUser user : now.users().all()) {
                now.pairing().offers().withdraw(user.user());
                user.session().close();
            }
            now.desk().write();
        }
    }

    /** Brings the users in line with the policy and their homes; whether that changed anything. */
    private boolean lookAtUsers(Running now) {
        Map<UserName, Path> allowed = now.node().users().allowed(NAME);
        boolean changed = false;
        synchronized (files) {
            for (PuddleUser user : now.users().all()) {
                if (!allowed.containsKey(user.user())) {
                    log.info("{} may have no identity here any more: the session is wiped", user.user());
                    changed |= drop(now, user.user());
                }
            }
            for (Map.Entry<UserName, Path> each : allowed.entrySet()) {
                IdentityFiles identity = new IdentityFiles(each.getValue(), random);
                if (now.users().of(each.getKey()) == null ? identity.exists() : !identity.exists()) {
                    changed |= identity.exists() ? admit(now, each.getKey(), identity) : drop(now, each.getKey());
                }
            }
        }
        return changed;
    }

    private boolean drop(Running now, UserName user) {
        now.pairing().offers().withdraw(user);
        return now.users().remove(user);
    }

    private boolean admit(Running now, UserName user, IdentityFiles identity) {
        try {
            UserId id = identity.wrapped().user();
            SubsystemContext node = now.node();
            PuddleUser.Place place = new PuddleUser.Place(
                    node.self(), node.statements().fleet().hex(), now.desk(), random, node.wallClock()::millis);
            now.users().add(new PuddleUser(user, id, new Session(node.ticker(), idle), place));
            return true;
        } catch (IOException | SwarmException e) {
            log.warn("the identity of {} cannot be used: {}", user, e.getMessage());
            return false;
        }
    }

    /**
     * The user's directory, {@code <home>/.puddle}, which is made if it is missing: only the user can enter it, so that it is the
     * place for a socket on which the host application answers that user.
     */
    public Path directory(UserName user) {
        IdentityFiles identity = files(running(), user);
        try {
            identity.createDirectory();
            return identity.path();
        } catch (IOException e) {
            throw storage("cannot make " + identity.path(), e);
        }
    }

    /**
     * Makes an identity for a user: a key pair, wrapped under the passphrase. The user's session begins with it. Takes a fraction
     * of a second.
     *
     * @param passphrase at least {@link #MIN_PASSPHRASE} characters
     * @param recovery whether to make a recovery key, which opens the identity without the passphrase
     * @throws SwarmException with reason FORBIDDEN if there is an identity already, INVALID_INPUT if the passphrase is too short
     */
    public Founding init(UserName user, char[] passphrase, boolean recovery) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        requirePassphrase(passphrase);
        byte[] secret = new byte[UserKey.SECRET_BYTES];
        random.nextBytes(secret);
        byte[] printed = recovery ? ShortKey.draw(random) : new byte[0];
        try {
            synchronized (files) {
                identity.create(
                        WrappedKey.wrap(secret, passphrase, cost, random),
                        recovery ? RecoveryKey.wrap(secret, printed, random) : null);
                admit(now, user, identity);
                begin(now.users().require(user), identity, secret);
            }
            PuddleUser made = now.users().require(user);
            made.claim(Claim.Kind.DEVICE, now.node().self().host(), true, "");
            log.info("{} has the identity {}", user, made.id());
            changed(now);
            return new Founding(made.id(), recovery ? ShortKey.show(printed) : new char[0]);
        } catch (IOException e) {
            throw storage("cannot write the identity of " + user, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(printed, (byte) 0);
        }
    }

    /**
     * Begins a session: takes the key into memory. Takes a fraction of a second.
     *
     * @throws SwarmException with reason FORBIDDEN if the passphrase is wrong, or the key file was altered
     */
    public void unlock(UserName user, char[] passphrase) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        PuddleUser known = now.users().require(user);
        byte[] secret = new byte[0];
        try {
            // One at a time: each takes the memory that the key file asks for.
            synchronized (files) {
                secret = identity.wrapped().unwrap(passphrase);
                if (!UserKey.idOf(secret).equals(known.id())) {
                    throw new SwarmException(
                            Reason.CORRUPT,
                            identity.path() + " holds another identity than before; start the node again");
                }
                begin(known, identity, secret);
            }
        } catch (IOException e) {
            throw storage("cannot read the identity of " + user, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
        if (now.desk().book().claims(known.id()).isEmpty()) {
            // The node stopped within init, or the identity was restored where nobody is left who knows of it.
            known.claim(Claim.Kind.DEVICE, now.node().self().host(), true, "");
        }
        changed(now);
    }

    private static void begin(PuddleUser user, IdentityFiles identity, byte[] secret) throws IOException {
        user.session().open(new SealedSecret.Keys(secret.clone(), identity.deviceSecret()));
    }

    /** Ends a session, wiping the key, and withdraws an open pairing code. Does nothing if there is none. */
    public void lock(UserName user) {
        Running now = running();
        now.pairing().offers().withdraw(user);
        if (now.users().require(user).session().close()) {
            changed(now);
        }
    }

    /** How a user's identity is. */
    public PuddleStatus status(UserName user) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        PuddleUser known = now.users().require(user);
        String name = now.desk().book().name(known.id());
        try {
            return new PuddleStatus(
                    user,
                    known.id(),
                    known.unlocked(),
                    now.pairing().offers().isOpen(user),
                    identity.recovery() != null,
                    name,
                    name != null && now.desk().book().claimants(name).size() > 1,
                    known.devices());
        } catch (IOException e) {
            throw storage("cannot read the identity of " + user, e);
        }
    }

    /**
     * Opens a pairing code with which another machine is given this identity: once, within five minutes, and only if no three
     * wrong codes come in before. Needs the key until the other machine has joined. A code that was open before is none any more.
     *
     * @return the code in groups of four characters, to be typed at the other machine; the caller wipes it
     */
    public char[] pair(UserName user) {
        Running now = running();
        files(now, user);
        PuddleUser known = now.users().require(user);
        known.session().use("cannot pair for " + user, keys -> true);
        if (known.isOut()) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "this machine was evicted from those of " + user + " and may let none in; move "
                            + IdentityFiles.DIRECTORY + " away and join from one that is");
        }
        byte[] code = now.pairing().offers().offer(user);
        try {
            return ShortKey.show(code);
        } finally {
            Arrays.fill(code, (byte) 0);
        }
    }

    /** What a machine that proved the code is given; the user's key vouches for the machine first. */
    private HandOver handOver(UserName user, PeerId joining) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        PuddleUser known = now.users().require(user);
        try {
            byte[] wrapped = identity.wrapped().toBytes();
            byte[] recovery = identity.recovery();
            known.claim(Claim.Kind.DEVICE, joining.host(), true, "");
            return new HandOver(
                    wrapped,
                    recovery == null ? new byte[0] : recovery,
                    now.desk().book().claims(known.id()));
        } catch (IOException e) {
            throw storage("cannot read the identity of " + user, e);
        }
    }

    /**
     * Takes an identity over from another machine, on which {@link #pair} was called. It is locked here afterwards: the passphrase
     * is the same and never leaves a machine. Blocks for two round trips.
     *
     * @param from where the other machine listens
     * @param code as it was shown there
     * @throws SwarmException with reason FORBIDDEN if there is an identity here already, or the code is not open there; NETWORK if
     *     the machine cannot be asked; CORRUPT if what it gives is damaged
     * @throws IllegalArgumentException if the code is not of the form that codes have
     */
    public UserId join(UserName user, PeerAddress from, char[] code) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        if (identity.exists()) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    user + " has an identity in " + identity.path()
                            + " already; 'leave' with it first, or move it away");
        }
        byte[] parsed = ShortKey.parse("pairing code", code);
        try {
            HandOver given = now.pairing().join(from, parsed);
            WrappedKey key = WrappedKey.parse("the key from " + from, given.wrapped());
            synchronized (files) {
                identity.create(key, given.recovery().length == 0 ? null : given.recovery());
                admit(now, user, identity);
            }
            now.desk().take(given.claims(), now.node().self());
            now.desk().write();
            log.info("{} took over the identity {} from {}", user, key.user(), from);
            changed(now);
            return key.user();
        } catch (IOException e) {
            throw storage("cannot write the identity of " + user, e);
        } finally {
            Arrays.fill(parsed, (byte) 0);
        }
    }

    /**
     * Wraps the key under a new passphrase with the recovery key that {@link #init} gave, and begins a session. Other machines keep
     * the old passphrase until the same is done there.
     *
     * @throws SwarmException with reason FORBIDDEN if the recovery key is wrong, NOT_FOUND if none was made
     */
    public void recover(UserName user, char[] recoveryKey, char[] newPassphrase) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        PuddleUser known = now.users().require(user);
        requirePassphrase(newPassphrase);
        byte[] printed = ShortKey.parse("recovery key", recoveryKey);
        byte[] secret = new byte[0];
        try {
            byte[] content = identity.recovery();
            if (content == null) {
                throw new SwarmException(
                        Reason.NOT_FOUND,
                        "no recovery key was made for " + user + "; only the passphrase opens the identity");
            }
            secret = RecoveryKey.unwrap(content, printed, known.id());
            synchronized (files) {
                identity.replace(WrappedKey.wrap(secret, newPassphrase, cost, random));
                begin(known, identity, secret);
            }
        } catch (IOException e) {
            throw storage("cannot write the identity of " + user, e);
        } finally {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(printed, (byte) 0);
        }
        changed(now);
    }

    /**
     * Claims a name for a user, instead of one that was claimed before. Needs the key. Others may claim the same; it then resolves
     * to nobody.
     *
     * @param name 1 to 64 lower-case letters, digits, {@code . - _}
     */
    public void name(UserName user, String name) {
        FriendlyName.require(name);
        allowed(user).claim(Claim.Kind.NAME, "", true, name);
    }

    /**
     * The user that a name means: the one user of the fleet who claims it. A user id in hexadecimal digits means itself.
     *
     * @throws SwarmException with reason NOT_FOUND if nobody claims it, or more than one does
     */
    public UserId resolve(String name) {
        if (name.length() == 2 * UserId.BYTES) {
            return new UserId(name);
        }
        FriendlyName.require(name);
        List<UserId> claimants = running().desk().book().claimants(name);
        if (claimants.size() != 1) {
            throw new SwarmException(
                    Reason.NOT_FOUND,
                    claimants.isEmpty()
                            ? "nobody is known by the name " + name
                            : "the name " + name + " is ambiguous: " + claimants.size()
                                    + " users claim it; give the user id instead");
        }
        return claimants.get(0);
    }

    /**
     * Takes this machine out of a user's machines and removes the identity from it. Needs the key, with which the other machines
     * are told. On the last machine it is the end of the identity, unless its files were saved.
     */
    public void leave(UserName user) {
        Running now = running();
        IdentityFiles identity = files(now, user);
        allowed(user).claim(Claim.Kind.DEVICE, now.node().self().host(), false, "left");
        try {
            synchronized (files) {
                identity.remove();
                drop(now, user);
            }
        } catch (IOException e) {
            throw storage("cannot remove the identity of " + user, e);
        }
        log.info("{} left with the identity", user);
        changed(now);
    }

    /** Takes another machine of a user out, as after it was lost. Needs the key. */
    public void evict(UserName user, PeerId device) {
        allowed(user).evict(device);
    }

    /**
     * Takes a machine out of a user's machines in the fleet's name, if this node is an operator. The user may pair it again.
     *
     * @throws SwarmException with reason IDENTITY if this node is no operator, NOT_FOUND if the user has no such machine
     */
    public void evictAsOperator(UserId user, PeerId device) {
        ClaimDesk desk = running().desk();
        if (desk.book().devices(user).stream().noneMatch(known -> known.host().equals(device))) {
            throw new SwarmException(Reason.NOT_FOUND, device + " is no machine of user " + user);
        }
        desk.makeAsOperator(new ClaimDesk.Draft(user, Claim.Kind.DEVICE, device.host(), false, "evicted"));
    }

    /**
     * Lets another user's key act for a user: what it signs counts as the user's until then, and it may evict machines. Needs the
     * key.
     *
     * @param delegate whose key
     * @param lifetime for how long
     * @param depth how many further keys may follow in a chain below it, 0 to 2
     */
    public void delegate(UserName user, UserId delegate, Duration lifetime, int depth) {
        long until = running().node().wallClock().instant().plus(lifetime).toEpochMilli();
        allowed(user).claim(Claim.Kind.DELEGATION, delegate.hex(), true, new Delegation(until, depth).toString());
    }

    /** Takes a delegation back, with everything that the key said for the user, and every chain below it. Needs the key. */
    public void revokeDelegate(UserName user, UserId delegate) {
        allowed(user).claim(Claim.Kind.DELEGATION, delegate.hex(), false, "");
    }

    /**
     * Takes a machine out for a user who delegated to this one. Needs this user's key.
     *
     * @throws SwarmException with reason FORBIDDEN if there is no such delegation
     */
    public void evictFor(UserName delegate, UserId user, PeerId device) {
        SignedClaim unused = allowed(delegate).claimFor(user, Claim.Kind.DEVICE, device.host(), false, "evicted");
    }

    private PuddleUser allowed(UserName user) {
        Running now = running();
        files(now, user);
        return now.users().require(user);
    }

    private IdentityFiles files(Running now, UserName user) {
        Path home = now.node().users().home(NAME, user);
        if (home == null) {
            throw new SwarmException(
                    Reason.FORBIDDEN,
                    "puddle may not act for " + user + " on this machine; the host's user policy says so");
        }
        return new IdentityFiles(home, random);
    }

    /** What strangers change spreads with the cycles alone, so that no member makes the fleet busy with claims of its own. */
    private void learnt(Set<UserId> users, boolean here) {
        Running now = running;
        if (now == null) {
            return;
        }
        List<UserId> own = users.stream().filter(now.users()::has).toList();
        now.sync().spread(here ? users : own);
        if (!own.isEmpty()) {
            now.users().all().forEach(user -> lockIfEvicted(now, user));
            now.users().tell();
        }
    }

    private static void lockIfEvicted(Running now, PuddleUser user) {
        if (user.isOut() && user.session().close()) {
            now.pairing().offers().withdraw(user.user());
            log.warn("this machine was evicted from those of {}: the session ended", user.user());
        }
    }

    /** Listeners are called in the plugin's turn, one call at a time. */
    private static void changed(Running now) {
        now.node().execute(now.users()::tell);
    }

    private static String trait(Running now) {
        List<PuddleUser> users = now.users().all();
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeNumberField("identities", users.size());
            json.writeNumberField(
                    "unlocked", users.stream().filter(PuddleUser::unlocked).count());
            json.writeNumberField("known_users", now.desk().book().size());
            json.writeEndObject();
        });
    }

    private static void requirePassphrase(char[] passphrase) {
        if (passphrase.length < MIN_PASSPHRASE) {
            throw new SwarmException(
                    Reason.INVALID_INPUT,
                    "the passphrase is empty: whoever gets the key file would have the key; give several words");
        }
    }

    private Running running() {
        try {
            boolean unused = started.await(START_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Running now = running;
        if (now == null) {
            throw new SwarmException(Reason.CLOSED, "puddle is not open on this node; open its gate for this host");
        }
        return now;
    }

    private static SwarmException storage(String what, IOException cause) {
        return new SwarmException(Reason.STORAGE, what + ": " + cause.getMessage(), cause);
    }
}
