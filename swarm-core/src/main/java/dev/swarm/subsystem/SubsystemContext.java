package dev.swarm.subsystem;

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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A node as its plugins see it. Implemented by swarm only; methods may be added. Safe for many threads; methods that say so
 * block.
 *
 * <p>A future that a method gives is the caller's own, to cancel or to give a time limit. It is completed on threads that the node
 * keeps for that: what depends on it may block there, call every method of the node, and wait for other such futures. For what
 * wants the plugin's turn, it calls {@link #execute}.
 *
 * <p>A context serves from one {@link Subsystem#start} to the end of the {@link Subsystem#close} that follows, be that for the gate
 * or for the node. From then on what acts in the plugin's name is refused with a {@link dev.swarm.SwarmException} with reason
 * CLOSED: {@link #offer}, {@link #serve}, {@link #storesIn}, {@link #offerTrait}, {@link #keep}, {@link #publish},
 * {@link #publishAll}, {@link #revoke} and {@link #request} throw it, and the futures of {@link #ask} and {@link #hasRoom} fail with
 * it. A plugin that is started again acts through the context that it is given then.
 */
public interface SubsystemContext {

    /** This node's name. */
    PeerId self();

    /** The node's data directory. */
    Path dataDirectory();

    /** The local store. */
    BlobCache blobs();

    /** Room on disks. */
    DiskGate disk();

    /** Time for timeouts. */
    Ticker ticker();

    /** Time that others see. */
    InstantSource wallClock();

    /** Requests to peers. */
    PeerClient client();

    /** Where peers that proved themselves listen. */
    List<PeerAddress> peers();

    /**
     * Where a peer of this name proved to listen, those addresses first that may be asked at present. Empty if it is not known.
     * Blocks briefly.
     */
    List<PeerAddress> addressesOf(PeerId peer);

    /**
     * Sends a request to a peer and gathers the answer. Who answered is in it; a caller that means one peer compares.
     *
     * @param maxBytes longest body taken
     * @return fails with {@link dev.swarm.transport.TransportException} if there is no answer that was whole
     */
    CompletableFuture<Answer> ask(PeerAddress peer, Request request, int maxBytes);

    /** Signs as this node, and verifies what other members signed. To be asked for anew at each use: keys are renewed. */
    MemberStatements statements();

    /** For whom plugins may act on this machine. This plugin asks with its own name, and again at every cycle. */
    UserPolicy users();

    /**
     * Offers something to the other plugins of this node for as long as the gate is open.
     *
     * @param type what others ask for
     * @param service safe for many threads
     */
    <T> void offer(Class<T> type, T service);

    /** What another plugin offers; null if none does at present. To be asked for anew at each use: gates open and close. */
    <T> @Nullable T service(Class<T> type);

    /** Calls {@code task} in this plugin's turn, as the node would call a method of it; not if its gate is closed by then. */
    void execute(Runnable task);

    /** Calls {@code task} in this plugin's turn once some time has passed; not if the plugin was stopped meanwhile. */
    void executeAfter(Duration delay, Runnable task);

    /**
     * Serves a route for as long as the gate is open. Its handler runs on the threads that are kept for plugins and may block
     * there.
     */
    void serve(Route route);

    /**
     * Says where this plugin's bytes land, for peers that ask before they push. Before, and when its gate has closed, they hear
     * that nothing is taken.
     *
     * @param place the directory for a user, or, for null, for none in particular; null if nothing is taken for that user
     */
    void storesIn(Function<@Nullable String, @Nullable Path> place);

    /**
     * Whether a peer's disk has room for more of this plugin, by the peer's own word of at most a minute ago. Asked before every
     * push; a push that is left out is tried again at the next occasion. Fails if the peer cannot be asked.
     *
     * @param user whose bytes they are, or null
     */
    CompletableFuture<Boolean> hasRoom(PeerAddress peer, @Nullable String user);

    /**
     * Promises room for a push before its body is read, or answers it with 507 and gives null.
     *
     * @param directory where the bytes will go
     * @param bytes how many, at most
     * @throws IOException if the file system cannot be asked
     */
    DiskGate.@Nullable Reservation admit(Exchange push, Path directory, long bytes) throws IOException;

    /**
     * Offers a trait: a JSON document that this node reports about itself under {@code /traits/<name>}, for as long as the gate is
     * open. What this plugin offered under the name is replaced.
     *
     * @param name 1 to 64 letters of ASCII, digits, dots, hyphens and underscores
     * @param json called at each question, on the thread that asks, several at once
     * @throws IllegalArgumentException if the name is none, or that of a trait of the node itself or of another plugin
     */
    void offerTrait(String name, Supplier<String> json);

    /** The blobs of this subsystem's channel, active and revoked. Blocks briefly. */
    List<BlobView> entries();

    /** What is known of a blob of this subsystem's channel; null if nothing. Blocks briefly. */
    @Nullable
    BlobView blob(BlobId blob);

    /** What became of this node's own entry of a blob, whatever others say of it and in whatever channel. Blocks briefly. */
    EntryFate ownFate(BlobId blob);

    /**
     * For each of these labels that some blob has, the blob that has it among those that are meant for this node, or published by
     * it. Blocks briefly, as long for hundreds as for one.
     */
    Map<Label, BlobId> ownersOf(Collection<Label> labels);

    /**
     * Keeps a text in the data directory, written whole or not at all; everyone on the machine may read it.
     *
     * @param name the file's name: as a {@link Label}, and none of the node's own
     * @throws IllegalArgumentException if the name leads elsewhere, is one of the node's own, or another plugin used it in this run
     * @throws IOException if the disk fails; what was kept before stays
     */
    void keep(String name, String text) throws IOException;

    /**
     * What {@link #keep} kept; null if there is nothing, or if it cannot be read: then it is set aside.
     *
     * @throws IllegalArgumentException as {@link #keep} does
     */
    @Nullable
    String kept(String name);

    /**
     * Publishes a blob of the local store in this node's name.
     *
     * @return the entry as signed. Blocks until it is on disk
     * @throws dev.swarm.SwarmException with reason FORBIDDEN if this node may not seed, with NOT_FOUND if the blob is not
     *     complete here, with STORAGE if the entry is in force but could not be written to disk
     */
    ManifestEntry publish(BlobId blob, String label, TargetSpec target, Retention retention);

    /**
     * A blob to publish.
     *
     * @param blob complete in the local store
     * @param label name under which receivers link it
     * @param target for whom
     * @param retention until when
     */
    record NewEntry(BlobId blob, String label, TargetSpec target, Retention retention) {

        /** Refuses null. */
        public NewEntry {
            Objects.requireNonNull(blob, "blob");
            Objects.requireNonNull(label, "label");
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(retention, "retention");
        }
    }

    /**
     * Publishes each as {@link #publish} does, without waiting for the disk. Entries that are published together share signatures,
     * 256 of them each, and the writing of the manifest. Blocks for a look at the local store for each.
     *
     * @return for each, in their order, what completes with the entry once it is on disk; one that fails does so as
     *     {@code publish} does, whatever becomes of the others
     * @throws IllegalArgumentException if a label is none; it says of which element, and nothing is published
     * @throws NullPointerException if an element is null; it says which, and nothing is published
     */
    List<CompletableFuture<ManifestEntry>> publishAll(List<NewEntry> entries);

    /**
     * Ends this node's own entry for a blob. Blocks until that is on disk.
     *
     * @throws dev.swarm.SwarmException with reason NOT_FOUND if no active entry describes it, FORBIDDEN if those that do are all
     *     others'
     */
    void revoke(BlobId blob);

    /** Has a blob fetched whatever its target; {@link Subsystem#onComplete} tells when it is here. */
    void request(BlobId blob);
}
