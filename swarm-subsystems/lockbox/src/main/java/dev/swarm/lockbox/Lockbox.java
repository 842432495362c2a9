package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.set.FileEntry;
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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ForkJoinPool;
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
    private static final long TURN_SECONDS = 60;

    private final RandomGenerator random;
    private final Function<Path, ChangeSignal> watches;
    private final AgeFile age;
    private final ConcurrentMap<UserId, UserBox> boxes = new ConcurrentHashMap<>();
    private @Nullable SubsystemContext context;
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
        // The pool that the JDK has anyway; a lockbox keeps no threads of its own.
        this.age = new AgeFile(
                random, new AgeFile.Workers(ForkJoinPool.commonPool(), ForkJoinPool.getCommonPoolParallelism() + 1));
    }

    // NullAway does not see the annotations of the function's types in another module's class file.
    @SuppressWarnings("NullAway")
    @Override
    public void start(SubsystemContext node) {
        context = node;
        new BoxRoutes(node, this::boxFor).serve();
        node.storesIn(this::placeOf);
        node.offerTrait(NAME, this::trait);
        node.offer(Lockboxes.class, new Control(node));
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
                scrubIfForbidden(box, allowed);
            }
        }
    }

    @Override
    public void close() {
        stopListening.run();
        stopListening = () -> {};
        listenedTo = null;
        boxes.values().forEach(UserBox::close);
        boxes.clear();
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
        if (listenedTo != identities) {
            stopListening.run();
            listenedTo = identities;
            stopListening = identities.onChange(() -> node.execute(this::onIdentityChange));
        }
    }

    private void onIdentityChange() {
        onCycle();
        boxes.values().forEach(UserBox::onIdentityChange);
    }

    /** An identity that is merely gone leaves its files; a user who is no longer allowed does not. */
    private static void scrubIfForbidden(UserBox box, Map<UserName, Path> allowed) {
        if (allowed.containsKey(box.identity.user())) {
            return;
        }
        try {
            int files = box.box.scrub();
            log.info(
                    "{} may have no lockbox here any more; {} encrypted files were deleted",
                    box.identity.user(),
                    files);
        } catch (IOException e) {
            log.warn("the lockbox of {} could not be deleted", box.identity.user(), e);
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
                json.writeStringField("digest", HexFormat.of().formatHex(box.box.digest()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private interface Turn<T> {
        T take(UserBox box) throws IOException;
    }

    /** What others ask for, carried into the plugin's turn. */
    private final class Control implements Lockboxes {

        private final SubsystemContext node;

        Control(SubsystemContext node) {
            this.node = node;
        }

        @Override
        public BoxStatus status(UserName user) {
            return inTurn(user, UserBox::status);
        }

        @Override
        public List<FileStatus> list(UserName user) {
            return inTurn(user, UserBox::list);
        }

        @Override
        public PlainFile decrypt(UserName user, String path, OutputStream target) throws IOException {
            UserBox box = boxOf(user);
            FileEntry entry = box.box.entry(path);
            InputStream source = entry == null || !entry.isFile()
                    ? null
                    : box.box.open(entry.content().id());
            if (entry == null || source == null) {
                throw new SwarmException(
                        SwarmException.Reason.NOT_FOUND,
                        "the lockbox has no such file, or its content has not come to this machine yet");
            }
            try (source;
                    AgeIdentity key = inTurn(user, UserBox::copyOfKey)) {
                age.decrypt(source, target, key);
            }
            return new PlainFile(entry.content().mode(), entry.content().modifiedNanos());
        }

        private <T> T inTurn(UserName user, Turn<T> turn) {
            UserBox box = boxOf(user);
            CompletableFuture<T> result = new CompletableFuture<>();
            node.execute(() -> {
                try {
                    result.complete(turn.take(box));
                } catch (IOException | RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
            try {
                return result.orTimeout(TURN_SECONDS, TimeUnit.SECONDS).join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof SwarmException known) {
                    throw known;
                }
                throw new SwarmException(
                        SwarmException.Reason.STORAGE, "the lockbox of " + user + " could not be asked", e.getCause());
            }
        }

        private UserBox boxOf(UserName user) {
            for (UserBox box : boxes.values()) {
                if (box.identity.user().equals(user)) {
                    return box;
                }
            }
            throw new SwarmException(
                    SwarmException.Reason.NOT_FOUND,
                    user + " has no lockbox here; an identity and the machine's consent are needed");
        }
    }
}
