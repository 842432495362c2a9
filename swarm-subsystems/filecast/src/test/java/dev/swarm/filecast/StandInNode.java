package dev.swarm.filecast;

import dev.swarm.SwarmException;
import dev.swarm.Ticker;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryFate;
import dev.swarm.manifest.EntryKey;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.user.UserPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A node with a store, which only notes down what is published and revoked. */
final class StandInNode implements SubsystemContext {

    /** What was asked of the node, in order: {@code <label> <sha256> <target>}, or {@code revoke <sha256>}. */
    final List<String> orders = new ArrayList<>();

    /** How many entries were published at a time. */
    final List<Integer> publishedTogether = new ArrayList<>();

    /** What its manifest says. */
    final ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());

    /** What it keeps, by name. */
    final Map<String, String> kept = new HashMap<>();

    /** What it kept by then, each time that something was published. */
    final List<Map<String, String>> keptAtPublications = new ArrayList<>();

    /** Whether it cannot end what it published. */
    boolean refusesToRevoke;

    /** Its time for timeouts. */
    long nanos;

    private final Path directory;
    private final BlobCache store;
    private final DiskGate disk;
    private Supplier<String> trait = () -> "{}";

    StandInNode(Path directory, BlobCache store, DiskGate disk) {
        this.directory = directory;
        this.store = store;
        this.disk = disk;
    }

    String trait() {
        return trait.get();
    }

    @Override
    public PeerId self() {
        return new PeerId("node.example");
    }

    @Override
    public Path dataDirectory() {
        return directory;
    }

    @Override
    public BlobCache blobs() {
        return store;
    }

    @Override
    public DiskGate disk() {
        return disk;
    }

    @Override
    public Ticker ticker() {
        return () -> nanos;
    }

    @Override
    public InstantSource wallClock() {
        throw new AssertionError("not asked for");
    }

    @Override
    public PeerClient client() {
        throw new AssertionError("not asked for");
    }

    @Override
    public List<PeerAddress> peers() {
        return List.of();
    }

    @Override
    public List<PeerAddress> addressesOf(PeerId peer) {
        return List.of();
    }

    @Override
    public CompletableFuture<Answer> ask(PeerAddress peer, Request request, int maxBytes) {
        throw new AssertionError("not asked for");
    }

    @Override
    public MemberStatements statements() {
        throw new AssertionError("not asked for");
    }

    @Override
    public UserPolicy users() {
        return UserPolicy.NOBODY;
    }

    @Override
    public <T> void offer(Class<T> type, T service) {
        throw new AssertionError("not asked for");
    }

    @Override
    public <T> @Nullable T service(Class<T> type) {
        return null;
    }

    @Override
    public void execute(Runnable task) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void executeAfter(Duration delay, Runnable task) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void serve(Route route) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void storesIn(Function<@Nullable String, @Nullable Path> place) {}

    @Override
    public CompletableFuture<Boolean> hasRoom(PeerAddress peer, @Nullable String user) {
        throw new AssertionError("not asked for");
    }

    @Override
    public DiskGate.@Nullable Reservation admit(Exchange push, Path place, long bytes) {
        throw new AssertionError("not asked for");
    }

    @Override
    public void offerTrait(String name, Supplier<String> json) {
        trait = json;
    }

    @Override
    public List<BlobView> entries() {
        return List.copyOf(manifest.blobs());
    }

    @Override
    public @Nullable BlobView blob(BlobId blob) {
        return manifest.blob(blob);
    }

    @Override
    public EntryFate ownFate(BlobId blob) {
        return manifest.fate(new EntryKey(blob, self()));
    }

    @Override
    public Map<Label, BlobId> ownersOf(Collection<Label> labels) {
        Map<Label, BlobId> owners = new HashMap<>();
        for (Label label : labels) {
            BlobId owner = manifest.ownerOf(
                    label,
                    entry -> entry.target().matches(self(), Map.of())
                            || entry.author().equals(self()));
            if (owner != null) {
                owners.put(label, owner);
            }
        }
        return owners;
    }

    @Override
    public void keep(String name, String text) {
        kept.put(name, text);
    }

    @Override
    public @Nullable String kept(String name) {
        return kept.get(name);
    }

    @Override
    @SuppressWarnings("NullAway") // Filecast does not look at the entry.
    public ManifestEntry publish(BlobId blob, String label, TargetSpec target, Retention retention) {
        orders.add(label + " " + blob + " " + target);
        return null;
    }

    @Override
    public List<CompletableFuture<ManifestEntry>> publishAll(List<NewEntry> entries) {
        keptAtPublications.add(Map.copyOf(kept));
        publishedTogether.add(entries.size());
        return entries.stream()
                .map(entry -> CompletableFuture.completedFuture(
                        publish(entry.blob(), entry.label(), entry.target(), entry.retention())))
                .toList();
    }

    @Override
    public void revoke(BlobId blob) {
        if (refusesToRevoke) {
            throw new SwarmException(SwarmException.Reason.IDENTITY, "the certificate is over");
        }
        orders.add("revoke " + blob);
    }

    @Override
    public void request(BlobId blob) {
        throw new AssertionError("not asked for");
    }
}
