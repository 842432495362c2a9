package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.Ticker;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryFate;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.MemberStatements;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.user.UserPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A running node as one of its plugins sees it, from one start to the end of it. */
final class PluginContext implements SubsystemContext {

    private final RunningNode node;
    private final NodeParts parts;
    private final String name;
    private final PluginMeans means;
    private final KeptTexts kept;
    private final Object lock = new Object();

    // Guarded by lock.
    private final List<Route> routes = new ArrayList<>();

    /** Written under the lock, so that nothing is offered after what was offered has been taken back. */
    private volatile boolean withdrawn;

    PluginContext(RunningNode node, NodeParts parts, String name, PluginMeans means) {
        this.node = node;
        this.parts = parts;
        this.name = name;
        this.means = means;
        this.kept = new KeptTexts(node.config().dataDirectory(), name, means.keepers());
    }

    /** Takes back what the plugin offers others, and refuses more: its gate was closed, or the node stops. */
    void withdraw() {
        synchronized (lock) {
            withdrawn = true;
            means.host().withdrawOffers(name);
            routes.forEach(means.router()::remove);
            means.traits().withdraw(name);
            means.storage().storesNothing(name);
        }
    }

    private void offerWhileOpen(String what, Runnable offer) {
        synchronized (lock) {
            requireOpen(what);
            offer.run();
        }
    }

    private void requireOpen(String what) {
        if (withdrawn) {
            throw new SwarmException(
                    Reason.CLOSED,
                    "subsystem " + name + " cannot " + what + ": it was closed, by its gate or with the node; "
                            + "a context ends with that, and the next start brings another");
        }
    }

    private <T> CompletableFuture<T> askWhileOpen(PeerAddress peer, Supplier<CompletableFuture<T>> question) {
        try {
            requireOpen("ask " + peer);
        } catch (SwarmException e) {
            return CompletableFuture.failedFuture(e);
        }
        return means.tellers().told(question.get());
    }

    @Override
    public PeerId self() {
        return parts.self();
    }

    @Override
    public Path dataDirectory() {
        return node.config().dataDirectory();
    }

    @Override
    public BlobCache blobs() {
        return parts.blobs();
    }

    @Override
    public DiskGate disk() {
        return parts.disk();
    }

    @Override
    public Ticker ticker() {
        return parts.ticker();
    }

    @Override
    public InstantSource wallClock() {
        return parts.wallClock();
    }

    @Override
    public PeerClient client() {
        return parts.client();
    }

    @Override
    public List<PeerAddress> peers() {
        return node.peers().stream()
                .filter(peer -> peer.trust() > 0)
                .map(PeerView::address)
                .toList();
    }

    @Override
    public List<PeerAddress> addressesOf(PeerId peer) {
        Objects.requireNonNull(peer, "peer");
        return node.peers().stream()
                .filter(known -> peer.equals(known.id()) && known.trust() > 0)
                .sorted(Comparator.comparing(PeerView::reachable).reversed())
                .map(PeerView::address)
                .toList();
    }

    @Override
    public CompletableFuture<Answer> ask(PeerAddress peer, Request request, int maxBytes) {
        Objects.requireNonNull(peer, "peer");
        Objects.requireNonNull(request, "request");
        return askWhileOpen(peer, () -> CollectingSink.ask(parts.client(), peer, request, maxBytes));
    }

    @Override
    public MemberStatements statements() {
        return parts.statements();
    }

    @Override
    public UserPolicy users() {
        return node.config().users();
    }

    @Override
    public <T> void offer(Class<T> type, T service) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(service, "service");
        offerWhileOpen("offer " + type.getName(), () -> means.host().offer(name, type, service));
    }

    @Override
    public <T> @Nullable T service(Class<T> type) {
        Objects.requireNonNull(type, "type");
        return means.host().service(type);
    }

    @Override
    public void execute(Runnable task) {
        Objects.requireNonNull(task, "task");
        means.host().execute(name, () -> {
            if (!withdrawn) {
                task.run();
            }
        });
    }

    @Override
    public void executeAfter(Duration delay, Runnable task) {
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(task, "task");
        node.after(delay, () -> execute(task));
    }

    @Override
    public void serve(Route route) {
        Objects.requireNonNull(route, "route");
        // A plugin may be slow in its own way, but not on the threads that serve content.
        Route served = route.kind() == Route.Kind.PLAIN ? route.asBlocking() : route;
        offerWhileOpen("serve " + route.method() + " " + route.pattern(), () -> {
            means.router().add(served);
            routes.add(served);
        });
    }

    @Override
    public void storesIn(Function<@Nullable String, @Nullable Path> place) {
        Objects.requireNonNull(place, "place");
        offerWhileOpen("say where it stores", () -> means.storage().storesIn(name, place));
    }

    @Override
    public CompletableFuture<Boolean> hasRoom(PeerAddress peer, @Nullable String user) {
        Objects.requireNonNull(peer, "peer");
        return askWhileOpen(peer, () -> means.storage().hasRoom(peer, name, user));
    }

    @Override
    public DiskGate.@Nullable Reservation admit(Exchange push, Path directory, long bytes) throws IOException {
        Objects.requireNonNull(push, "push");
        Objects.requireNonNull(directory, "directory");
        return means.storage().admit(push, directory, bytes);
    }

    @Override
    public void offerTrait(String trait, Supplier<String> json) {
        Objects.requireNonNull(trait, "name");
        Objects.requireNonNull(json, "json");
        offerWhileOpen("offer trait " + trait, () -> means.traits().offer(name, trait, json));
    }

    @Override
    public List<BlobView> entries() {
        return node.blobs().stream()
                .filter(view -> view.winner().entry().channel().equals(name))
                .toList();
    }

    @Override
    public @Nullable BlobView blob(BlobId blob) {
        Objects.requireNonNull(blob, "blob");
        BlobView view = node.blob(blob);
        return view == null || !view.winner().entry().channel().equals(name) ? null : view;
    }

    @Override
    public EntryFate ownFate(BlobId blob) {
        Objects.requireNonNull(blob, "blob");
        return node.ownFate(blob);
    }

    @Override
    public Map<Label, BlobId> ownersOf(Collection<Label> labels) {
        Objects.requireNonNull(labels, "labels");
        labels.forEach(label -> Objects.requireNonNull(label, "an element of labels"));
        return node.ownersOf(labels);
    }

    @Override
    public void keep(String file, String text) throws IOException {
        Objects.requireNonNull(file, "name");
        Objects.requireNonNull(text, "text");
        requireOpen("keep " + file);
        kept.write(file, text);
    }

    @Override
    public @Nullable String kept(String file) {
        Objects.requireNonNull(file, "name");
        return kept.read(file);
    }

    @Override
    public ManifestEntry publish(BlobId blob, String label, TargetSpec target, Retention retention) {
        Objects.requireNonNull(blob, "blob");
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(retention, "retention");
        requireOpen("publish blob " + blob);
        return means.publisher().publish(blob, new Publication(Label.of(label), name, target, retention));
    }

    @Override
    public List<CompletableFuture<ManifestEntry>> publishAll(List<NewEntry> entries) {
        List<Publisher.Order> orders =
                new ArrayList<>(Objects.requireNonNull(entries, "entries").size());
        for (NewEntry entry : entries) {
            orders.add(order(entry, "entries[" + orders.size() + "]"));
        }
        requireOpen("publish " + orders.size() + " blobs");
        return means.publisher().publishAll(orders).stream()
                .map(means.tellers()::told)
                .toList();
    }

    private Publisher.Order order(NewEntry entry, String place) {
        Objects.requireNonNull(entry, place);
        try {
            Label label = Label.of(entry.label());
            return new Publisher.Order(entry.blob(), new Publication(label, name, entry.target(), entry.retention()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void revoke(BlobId blob) {
        Objects.requireNonNull(blob, "blob");
        requireOpen("revoke blob " + blob);
        means.publisher().revoke(blob, false);
    }

    @Override
    public void request(BlobId blob) {
        Objects.requireNonNull(blob, "blob");
        requireOpen("request blob " + blob);
        node.request(blob);
    }
}
