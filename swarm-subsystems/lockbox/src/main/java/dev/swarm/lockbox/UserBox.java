package dev.swarm.lockbox;

import dev.swarm.SwarmException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.NioVaultDisk;
import dev.swarm.lockbox.vault.VaultLook;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.user.UserDevice;
import dev.swarm.user.UserIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One user's lockbox with all that it works with. Confined to the plugin's turn, but for what is final. */
final class UserBox implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UserBox.class);

    /** How long to go without a look when nothing seems to happen. */
    private static final Duration SCAN = Duration.ofSeconds(30);

    /** Soon enough that a drop is encrypted two to three seconds after its last byte. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final Duration UNTIL_QUIET = Duration.ofMillis(2_100);

    final UserIdentity identity;
    final Path directory;
    final Box box;

    /** Bytes of what was asked of other machines and pushed to them. */
    final LongAdder sent = new LongAdder();

    private final SubsystemContext context;
    private final Path state;
    private final NodeKey key;
    private final ChangeSignal watch;
    private final NavigableMap<PeerId, DeviceSync> devices = new TreeMap<>();
    private Set<Recipient> recipients = Set.of();
    private final Set<String> changed = new HashSet<>();
    private boolean lookAtAll = true;
    private long lastScan;
    private boolean passAsked;
    private boolean quietAsked;
    private long wokenFor = -1;
    private boolean closed;

    /** What all lockboxes of a node share. */
    record Means(AgeFile age, RandomGenerator random, Function<Path, ChangeSignal> watches) {}

    UserBox(SubsystemContext context, UserIdentity identity, Path home, Means means) {
        this.context = context;
        this.identity = identity;
        this.directory = home.resolve(Lockbox.NAME);
        this.state = context.dataDirectory()
                .resolve(Lockbox.NAME)
                .resolve(identity.user().name());
        Box.Place place = new Box.Place(context.self(), new NioVaultDisk(state), new NioVaultDisk(directory));
        this.box = new Box(place, means.age(), context.ticker(), context.wallClock(), means.random());
        this.key = new NodeKey(state, means.random());
        this.watch = means.watches().apply(directory);
    }

    /** Begins to look by itself. */
    void start() {
        try {
            BoxPlaces.remember(state, directory);
        } catch (IOException e) {
            log.warn("where the lockbox of {} is could not be written down", identity.user(), e);
        }
        pass();
        lookAgain();
    }

    /** A cycle has come round. */
    void cycle() {
        if (lookAtAll || context.ticker().nanoTime() - lastScan >= SCAN.toNanos()) {
            wokenFor = -1;
            lookAtAll = true;
            pass();
        }
    }

    /** Has a pass made soon. For any thread. */
    void askForPass() {
        context.execute(() -> {
            if (!passAsked) {
                passAsked = true;
                context.execute(this::pass);
            }
        });
    }

    /** The user's keys or machines changed. */
    void onIdentityChange() {
        wokenFor = -1;
        askForPass();
    }

    /** A machine of the user has the same set as this one had at a change. For any thread. */
    void agreed(PeerId host, long change) {
        context.execute(() -> {
            DeviceSync sync = devices.get(host);
            if (sync != null) {
                sync.agreed(change);
            }
        });
    }

    void pass() {
        passAsked = false;
        // Consent that ended since the last cycle counts at once: what is dropped now stays the user's plaintext.
        if (closed || context.users().home(Lockbox.NAME, identity.user()) == null) {
            return;
        }
        try {
            key.follow(identity);
            recipients = recipients();
            giveUpWhatNobodyHas();
            look();
            if (box.hasMore() || (box.isRenewing() && key.inMemory() != null)) {
                askForPass();
            } else if (box.isAboutToBeQuiet() && !quietAsked) {
                quietAsked = true;
                context.executeAfter(UNTIL_QUIET, () -> {
                    quietAsked = false;
                    pass();
                });
            }
        } catch (IOException e) {
            changed.clear();
            lookAtAll = true;
            log.warn(
                    "the lockbox of {} cannot be read, trying again: {}",
                    identity.user(),
                    e.getClass().getSimpleName());
        }
        syncWithOthers();
    }

    private void look() throws IOException {
        changed.addAll(watch.changed());
        VaultLook look = lookAtAll ? VaultLook.EVERYTHING : VaultLook.at(changed);
        Set<String> looked = Set.copyOf(changed);
        box.pass(recipients, key.inMemory(), look);
        changed.removeAll(looked);
        if (look.everything()) {
            lookAtAll = false;
            box.prune(others());
            lastScan = context.ticker().nanoTime();
        }
        // What was put into a directory before it was watched is told by nobody.
        changed.addAll(watch.follow(box.directories()));
        if (!changed.isEmpty()) {
            askForPass();
        }
    }

    private void giveUpWhatNobodyHas() throws IOException {
        Set<String> lost = new HashSet<>();
        box.contents().wanted(SyncFrames.MAX_WANTED).forEach(each -> lost.add(each.id()));
        for (DeviceSync each : devices.values()) {
            lost.retainAll(each.agrees() ? each.missing() : Set.of());
        }
        if (!devices.isEmpty() && devices.size() == identity.devices().size() - 1 && !lost.isEmpty()) {
            box.giveUp(lost);
        }
    }

    /** Whether another machine is known to have all files; so it is if there are none. */
    boolean isElsewhere() {
        return box.list().isEmpty() || devices.values().stream().anyMatch(DeviceSync::inSync);
    }

    Lockboxes.BoxStatus status() {
        Box.Figures figures = box.figures();
        List<Lockboxes.DeviceStatus> others = new ArrayList<>();
        devices.forEach((host, sync) -> others.add(
                new Lockboxes.DeviceStatus(host, sync.inSync(), sync.missing().size(), sync.trouble())));
        return new Lockboxes.BoxStatus(
                identity.unlocked(),
                figures.files(),
                figures.deleted(),
                figures.missing(),
                recipients.size(),
                figures.waiting(),
                figures.failed(),
                figures.skipped(),
                figures.renewed(),
                figures.renewing(),
                List.copyOf(others));
    }

    List<Lockboxes.FileStatus> list() throws IOException {
        List<Lockboxes.FileStatus> files = new ArrayList<>();
        for (FileEntry entry : box.list()) {
            String id = entry.content().id();
            List<PeerId> lackedBy = new ArrayList<>();
            devices.forEach((host, sync) -> {
                if (sync.missing().contains(id)) {
                    lackedBy.add(host);
                }
            });
            files.add(new Lockboxes.FileStatus(
                    entry.path(), entry.content().size(), box.contents().sizeOf(id) >= 0, List.copyOf(lackedBy)));
        }
        return files;
    }

    List<Lockboxes.Member> members() {
        return identity.devices().stream()
                .map(device ->
                        new Lockboxes.Member(device.host(), device.attributes().containsKey(NodeKey.ATTRIBUTE)))
                .toList();
    }

    /** Whom new files are encrypted to; this machine among them as soon as it can open its key. */
    Set<Recipient> requireRecipients() throws IOException {
        key.follow(identity);
        Set<Recipient> all = recipients();
        if (all.isEmpty()) {
            throw new SwarmException(
                    SwarmException.Reason.LOCKED,
                    "no machine of the user has a key to encrypt to; unlock the identity of " + identity.user());
        }
        return all;
    }

    /** Has every file encrypted with another key, beginning with the next pass. */
    void reencrypt() throws IOException {
        copyOfKey().close();
        box.renewAll();
        pass();
    }

    /** A copy of this machine's key, which the caller closes. */
    AgeIdentity copyOfKey() throws IOException {
        key.follow(identity);
        AgeIdentity mine = key.inMemory();
        if (mine == null) {
            throw new SwarmException(
                    SwarmException.Reason.LOCKED,
                    "decrypting needs the user's key; unlock the identity of " + identity.user());
        }
        return mine.copy();
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        key.close();
        try {
            box.close();
        } catch (IOException e) {
            log.debug("the index of a lockbox could not be closed", e);
        }
    }

    private void lookAgain() {
        context.executeAfter(LOOK, () -> {
            if (closed) {
                return;
            }
            changed.addAll(watch.changed());
            if (!changed.isEmpty()) {
                pass();
            }
            lookAgain();
        });
    }

    private Set<Recipient> recipients() {
        Set<Recipient> all = new TreeSet<>();
        for (UserDevice device : identity.devices()) {
            String text = device.attributes().get(NodeKey.ATTRIBUTE);
            if (text != null) {
                try {
                    all.add(new Recipient(text));
                } catch (IllegalArgumentException e) {
                    log.warn("{} announces a key for lockboxes that is none", device.host());
                }
            }
        }
        return all;
    }

    private void syncWithOthers() {
        Set<PeerId> hosts = others();
        devices.keySet().retainAll(hosts);
        long change = box.lastChange();
        if (change == wokenFor) {
            return;
        }
        wokenFor = change;
        for (PeerId host : hosts) {
            devices.computeIfAbsent(host, h -> new DeviceSync(context, box, identity.id(), h, sent))
                    .wake();
        }
    }

    private Set<PeerId> others() {
        Set<PeerId> hosts = new TreeSet<>();
        identity.devices().forEach(device -> hosts.add(device.host()));
        hosts.remove(context.self());
        return hosts;
    }
}
