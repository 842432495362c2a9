package dev.swarm;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.driver.BuildVersion;
import dev.swarm.driver.Publication;
import dev.swarm.driver.RunningNode;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.DenyList;
import dev.swarm.manifest.Gate;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One member of a fleet, in the host application's process.
 *
 * <p>Serves from the moment {@link #start} returns until {@link #close}. Finds its transport and its plugins by
 * {@link java.util.ServiceLoader} among the jars that the host application carries. Safe for many threads. Makes a small
 * number of daemon threads of its own, all of which have ended when {@code close} returns.
 *
 * <p>A future that a method gives is the caller's own, to cancel or to give a time limit. It is completed on threads that the node
 * keeps for that: what depends on it may block there, call every method of the node, and wait for other such futures. There is
 * a thread for each dependent that runs, up to a thousand at once. When the node closes, a dependent that still runs is
 * interrupted.
 *
 * <p>From the moment that {@code close} is called, what asks something of the node throws a {@link SwarmException} with reason
 * CLOSED, or gives a future that fails with one; calls that are under way may end so too, and have had an effect that a later start
 * shows, or none. What needs no running node goes on answering: {@link #id}, {@link #dataDirectory}, {@link #address},
 * {@link #pathOf}, {@link #counts} and {@link #subsystem}.
 */
public final class SwarmNode implements AutoCloseable {

    private final RunningNode node;

    private SwarmNode(RunningNode node) {
        this.node = node;
    }

    /**
     * Starts a node. Blocks while the data directory is read.
     *
     * @throws SwarmException naming what was tried, the value and the remedy: INVALID_INPUT if the address is taken or no
     *     transport is there, IDENTITY if the credentials cannot be used, STORAGE if the data directory cannot
     */
    public static SwarmNode start(SwarmConfig config) {
        return new SwarmNode(RunningNode.start(Objects.requireNonNull(config, "config")));
    }

    /** The version of this library, as {@code 1.2.0}: what its nodes report as {@code version} of their trait {@code swarm_node}. */
    public static String version() {
        return BuildVersion.text();
    }

    /** The node's name, as its certificate tells. */
    public PeerId id() {
        return node.identity().host();
    }

    /** Where it keeps its files. */
    public Path dataDirectory() {
        return node.config().dataDirectory();
    }

    /** Where it listens, with the port that was given by the system if 0 was asked for. */
    public PeerAddress address() {
        return node.address();
    }

    /**
     * Publishes a file where it lies. The file is read once and linked, or copied where the data directory cannot hold symbolic
     * links; it has to stay as it is for as long as it is seeded. Blocks for one reading of the file, and until the entry is on
     * disk and {@code manifest.json} shows it.
     *
     * @return the blob's id
     * @throws IOException if the file cannot be read, or changes meanwhile
     * @throws SwarmException with reason FORBIDDEN if this node may not publish; DISK_PRESSURE if there is no room for the copy,
     *     where one is needed; STORAGE if the entry could not be written to disk: it is in force and spreads, and is forgotten
     *     here if the node stops before the disk works again
     */
    public BlobId seed(Path file, SeedOptions options) throws IOException {
        Objects.requireNonNull(file, "file");
        String chosen = Objects.requireNonNull(options, "options").label();
        Label label = Label.of(chosen != null ? chosen : String.valueOf(file.getFileName()));
        return node.seed(
                file.toAbsolutePath(),
                new Publication(label, ManifestEntry.DEFAULT_CHANNEL, options.target(), options.retention()));
    }

    /**
     * Completes when a blob is complete here: at once, or when it has come, however long nobody knows of it. Fails with a
     * {@link SwarmException} if it is or gets revoked, or the node is closed.
     */
    public CompletableFuture<BlobId> awaitComplete(BlobId blob) {
        return node.awaitComplete(Objects.requireNonNull(blob, "blob"));
    }

    /** Fetches a blob as soon as the manifest lists it, whether or not its target names this node; the answer is that of {@link #awaitComplete}. */
    public CompletableFuture<BlobId> fetch(BlobId blob) {
        node.request(Objects.requireNonNull(blob, "blob"));
        return node.awaitComplete(blob);
    }

    /**
     * Revokes a blob: every node deletes its copy, unless others publish it too and this node is no operator. Blocks until that is
     * on disk and {@code manifest.json} shows it.
     *
     * @throws SwarmException with reason NOT_FOUND if no active entry describes it, FORBIDDEN if those that do are all others' and
     *     this node is no operator, STORAGE as for {@link #seed}
     */
    public void revoke(BlobId blob) {
        node.revoke(Objects.requireNonNull(blob, "blob"));
    }

    /**
     * Bans a blob, if this node is an operator: every node deletes its copy and takes none again, whoever publishes it. Blocks as
     * {@link #revoke} does. Only a later entry of this node's own lifts the ban.
     *
     * @throws SwarmException with reason NOT_FOUND if no entry describes it, FORBIDDEN if this node is no operator, STORAGE as for
     *     {@link #seed}
     */
    public void ban(BlobId blob) {
        node.ban(Objects.requireNonNull(blob, "blob"));
    }

    /**
     * Takes revoked blobs out of {@code manifest.json}, which is for people; their revocations stay in the manifest for as long
     * as other nodes may need them. Banned blobs stay in both. Blocks as {@link #revoke} does.
     *
     * @return how many were taken out
     */
    public int purge() {
        return node.purge();
    }

    /**
     * Removes what is of no use any more: partial copies of complete blobs, and entries of {@code files/} that lead nowhere.
     * Reads the disk.
     *
     * @return what was removed
     */
    public List<Path> cleanUp() throws IOException {
        return node.cleanUp();
    }

    /** Where the bytes of a complete blob lie. To be read only. */
    public Path pathOf(BlobId blob) {
        Objects.requireNonNull(blob, "blob");
        return node.contentDirectory().resolve(blob.hex());
    }

    /** What the manifest says of every blob. Blocks briefly. */
    public List<BlobView> blobs() {
        return node.blobs();
    }

    /** What is known of other nodes. Blocks briefly. */
    public List<PeerView> peers() {
        return node.peers();
    }

    /** The node as it is. Blocks briefly. */
    public NodeStatus status() {
        return node.status();
    }

    /** What an operator asks when the node does not do as it should. Blocks briefly. */
    public NodeHealth health() {
        return node.health();
    }

    /** How much the node has done since it started: every counter with its value. Does not block. */
    public Map<NodeCounter, Long> counts() {
        return node.counts();
    }

    /**
     * What the nodes report that check in with this one, by name, if it coordinates ({@link SwarmConfig#coordinate}); empty
     * otherwise. This node itself is not among them. A node that was silent for an hour, or longest of 16,384, is left out, and
     * after a start the list fills within two cycles. Blocks briefly, whatever the reports' lengths: their texts are made when
     * they are asked for.
     */
    public List<FleetReport> fleet() {
        return node.fleet();
    }

    /**
     * A JSON document that this node reports of itself, as {@code swarm}, {@code swarm_node} or {@code swarm_seeds}; null if there is none of that
     * name. May read the disk.
     */
    public @Nullable String trait(String name) {
        return node.trait(Objects.requireNonNull(name, "name"));
    }

    /** The same of another node, asked over the network; fails if it cannot be asked, or has none of that name. */
    public CompletableFuture<String> trait(PeerAddress peer, String name) {
        return node.trait(Objects.requireNonNull(peer, "peer"), Objects.requireNonNull(name, "name"));
    }

    /**
     * Whether a peer gets in here when it is asked to connect to the port that this node listens on, at the address that it sees
     * this node at. A firewall that lets this node out and nobody in is found by this alone.
     *
     * @return completes within some ten seconds; fails if the peer cannot be asked, or does not do that
     */
    public CompletableFuture<Boolean> reachedBy(PeerAddress peer) {
        return node.reachedBy(Objects.requireNonNull(peer, "peer"));
    }

    /**
     * Uses another certificate and key of the same host and fleet from here on: new connections show them, old ones end after
     * what they are doing, entries are signed with them. Credentials that are refused change nothing.
     *
     * @throws IllegalArgumentException if they are another host's or fleet's
     * @throws SwarmException with reason IDENTITY if peers would refuse them, as the key is not the certificate's or the
     *     certificate is denied
     */
    public void rotate(NodeCredentials credentials) {
        node.rotate(Objects.requireNonNull(credentials, "credentials"));
    }

    /**
     * Takes a deny list into force: connections of those it denies are cut, their requests refused. Writes the data directory.
     *
     * @throws IOException if it cannot be kept for the next start; it is in force, and the same call may be repeated
     * @throws SwarmException with reason IDENTITY if nobody may sign it who did, FORBIDDEN if it is not newer than the last
     */
    public void deny(DenyList list) throws IOException {
        node.deny(Objects.requireNonNull(list, "list"));
    }

    /** Sets what downloads may take of the line from here on, also those that run. May read the disk. */
    public void limitDownloads(Bandwidth bandwidth) {
        node.limitDownloads(Objects.requireNonNull(bandwidth, "bandwidth"));
    }

    /**
     * Uses other gates from here on. A plugin whose gate closes is stopped, and what it was receiving with it; what it stores
     * stays. One whose gate opens is started. What is in the manifest stays, whoever may seed from here on. Blocks briefly.
     *
     * @param gates the gates of subsystems by name; one that is not named is open
     * @param seeding which hosts may publish
     */
    public void regate(Map<String, Gate> gates, Gate seeding) {
        node.regate(Copies.of(gates, "gates"), Objects.requireNonNull(seeding, "seeding"));
    }

    /** The plugin of a type, or null if none is there or its gate is closed. */
    public <T extends Subsystem> @Nullable T subsystem(Class<T> type) {
        return node.subsystem(Objects.requireNonNull(type, "type"));
    }

    /**
     * Stops: plugins stop acting, transfers stop and keep what they have, answers under way may finish within two seconds,
     * sockets and files are closed and the node's threads end. Returns within five seconds. Repeated calls do nothing.
     */
    @Override
    public void close() {
        node.close();
    }
}
