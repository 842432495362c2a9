package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.vault.NioVaultDisk;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.Exchange;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserId;
import dev.swarm.user.UserIdentities;
import dev.swarm.user.UserIdentity;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of each user, {@code <home>/lockbox}, whose files are encrypted to all of the user's machines and are the same on all
 * of them. What is dropped there is encrypted in its place; that needs no passphrase, decrypting does.
 */
public final class Lockbox implements Subsystem {

    /** The plugin's name: its gate, its trait, the directory in a user's home. */
    public static final String NAME = "lockbox";

    private static final Logger log = LoggerFactory.getLogger(Lockbox.class);

    private final RandomGenerator random;
    private final Function<Path, ChangeSignal> watches;
    private final AgeFile age;
    private final ConcurrentMap<UserId, UserBox> boxes = new ConcurrentHashMap<>();
    private @Nullable SubsystemContext context;
    private volatile @Nullable Lockboxes lockboxes;
    private @Nullable UserIdentities listenedTo;
    private Runnable stopListening = () -> {};

    /**
     * A plugin for one node.
     *
     * @param random unpredictable; keys are made from it. Safe for many threads
     */
    public Lockbox(RandomGenerator random) {
        this(random, DirectoryWatch::new);
    }

    /** A plugin that is told of changes in another way. */
    Lockbox(RandomGenerator random, Function<Path, ChangeSignal> watches) {
        this.random = random;
        this.watches = watches;
        int threads = Runtime.getRuntime().availableProcessors();
        this.age = new AgeFile(random, new AgeFile.Workers(cipherThreads(threads), threads));
    }

    /**
     * Threads that are there while a large file is encrypted or decrypted, and nobody has to end. The JDK's common pool has one fewer than
     * the machine has processors, which leaves one of two idle while this one's reader waits.
     */
    private static Executor cipherThreads(int threads) {
        ForkJoinPool.ForkJoinWorkerThreadFactory named = pool -> {
            ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
            thread.setName("swarm-lockbox-cipher");
            return thread;
        };
        return new ForkJoinPool(threads, named, null, true, 0, threads, 0, null, 1, TimeUnit.SECONDS);
    }

    // NullAway does not see the annotations of the function's types in another module's class file.
    @SuppressWarnings("NullAway")
    @Override
    public void start(SubsystemContext node) {
        context = node;
        new BoxRoutes(node, this::boxFor).serve();
        node.storesIn(this::placeOf);
        node.offerTrait(NAME, this::trait);
        lockboxes = new TurnLockboxes(node, age, boxes.values(), this::onCycle);
        node.offer(Lockboxes.class, lockboxes);
        onCycle();
    }

    @Override
    public void onCycle() {
        SubsystemContext node = context;
        UserIdentities identities = node == null ? null : node.service(UserIdentities.class);
        if (node == null || identities == null) {
            return;
        }
        listenTo(identities, node);
        Map<UserName, Path> allowed = node.users().allowed(NAME);
        Set<UserId> present = new HashSet<>();
        for (UserIdentity identity : identities.identities()) {
            Path home = allowed.get(identity.user());
            if (home != null) {
                present.add(identity.id());
                open(node, identity, home).cycle();
            }
        }
        for (UserId user : Set.copyOf(boxes.keySet())) {
            UserBox box = boxes.get(user);
            if (box != null && !present.contains(user)) {
                boxes.remove(user);
                box.close();
                if (!allowed.containsKey(box.identity.user()) && !box.isElsewhere()) {
                    log.warn(
                            "{} may have no lockbox here any more; no other machine is known to have all files of it",
                            box.identity.user());
                }
            }
        }
        scrubForbidden(node, allowed.keySet());
    }

    @Override
    public void close() {
        lockboxes = null;
        stopListening.run();
        stopListening = () -> {};
        listenedTo = null;
        boxes.values().forEach(UserBox::close);
        boxes.clear();
    }

    /**
     * The lockboxes of this node's users.
     *
     * @throws SwarmException with reason CLOSED before {@link #start}
     */
    public Lockboxes lockboxes() {
        Lockboxes open = lockboxes;
        if (open == null) {
            throw new SwarmException(SwarmException.Reason.CLOSED, "lockbox has not started on this node");
        }
        return open;
    }

    private UserBox open(SubsystemContext node, UserIdentity identity, Path home) {
        UserBox open = boxes.get(identity.id());
        if (open == null) {
            open = new UserBox(node, identity, home, new UserBox.Means(age, random, watches));
            boxes.put(identity.id(), open);
            open.start();
        }
        return open;
    }

    private void listenTo(UserIdentities identities, SubsystemContext node) {
        if (!identities.equals(listenedTo)) {
            stopListening.run();
            listenedTo = identities;
            stopListening = identities.onChange(() -> node.execute(this::onIdentityChange));
        }
    }

    private void onIdentityChange() {
        onCycle();
        boxes.values().forEach(UserBox::onIdentityChange);
    }

    /**
     * Deletes the lockboxes of users who are no longer allowed, also if that was so before the node started. An identity that is
     * merely gone leaves its files.
     */
    private void scrubForbidden(SubsystemContext node, Set<UserName> allowed) {
        Path states = node.dataDirectory().resolve(NAME);
        for (Map.Entry<UserName, Path> each : BoxPlaces.in(states).entrySet()) {
            UserName user = each.getKey();
            if (allowed.contains(user)) {
                continue;
            }
            Path state = states.resolve(user.name());
            try {
                Box.Place place =
                        new Box.Place(node.self(), new NioVaultDisk(state), new NioVaultDisk(each.getValue()));
                int files = new Box(place, age, node.ticker(), node.wallClock(), random).scrub();
                BoxPlaces.forget(state);
                log.warn("{} may have no lockbox here any more; {} encrypted files were deleted", user, files);
            } catch (IOException e) {
                log.warn("the lockbox of {} could not be deleted, trying again", user, e);
            }
        }
    }

    private BoxRoutes.@Nullable OpenBox boxFor(String user, Exchange exchange) {
        UserBox box = boxOf(user);
        SubsystemContext node = context;
        if (box == null || node == null || node.users().home(NAME, box.identity.user()) == null) {
            return null;
        }
        for (UserDevice device : box.identity.devices()) {
            if (device.host().equals(exchange.peer().host())) {
                return new BoxRoutes.OpenBox(
                        box.box, box.directory, box::askForPass, change -> box.agreed(device.host(), change));
            }
        }
        return null;
    }

    private @Nullable Path placeOf(@Nullable String user) {
        UserBox box = user == null ? null : boxOf(user);
        return box == null ? null : box.directory;
    }

    private @Nullable UserBox boxOf(String user) {
        try {
            return boxes.get(new UserId(user));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String trait() {
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("users");
            for (UserBox box : boxes.values()) {
                Box.Figures figures = box.box.figures();
                json.writeStartObject();
                json.writeStringField("user", box.identity.user().name());
                json.writeNumberField("files", figures.files());
                json.writeNumberField("tombstones", figures.deleted());
                json.writeNumberField("missing", figures.missing());
                json.writeNumberField("waiting", figures.waiting().size());
                json.writeNumberField("failed", figures.failed().size());
                json.writeNumberField("skipped", figures.skipped().size());
                json.writeNumberField("renewing", figures.renewing());
                json.writeNumberField("sent_bytes", box.sent.sum());
                json.writeNumberField("altered", box.box.contents().altered());
                json.writeStringField("digest", HexFormat.of().formatHex(box.box.digest()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
