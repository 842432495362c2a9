package dev.swarm;

import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.Gate;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TransportLimits;
import dev.swarm.user.UserPolicy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How a node is set up. Immutable. */
public final class SwarmConfig {

    /** TCP port for content. */
    public static final int DEFAULT_PORT = 1531;

    /** How often a node takes stock: looks for seeds, retries, announces itself. Shorter finds changes sooner and costs more. */
    public static final Duration DEFAULT_CYCLE = Duration.ofSeconds(5);

    /** Share of the line that downloads may take, so that a host keeps room for its own work. */
    public static final double DEFAULT_MAX_BANDWIDTH_PERCENT = 50;

    /** The shortest cycle that is taken. */
    public static final Duration LEAST_CYCLE = Duration.ofMillis(10);

    /** The longest cycle that is taken. */
    public static final Duration LONGEST_CYCLE = Duration.ofDays(1);

    private final Path dataDirectory;
    private final NodeCredentials credentials;
    private final InetSocketAddress listen;
    private final @Nullable InetAddress announceAddress;
    private final MulticastOptions multicast;
    private final List<PeerAddress> peers;
    private final List<PeerAddress> coordinators;
    private final boolean coordinate;
    private final Map<String, String> traits;
    private final Map<String, Gate> gates;
    private final Gate seeding;
    private final Duration cycle;
    private final double minFreePercent;
    private final boolean warmUp;
    private final TransportLimits limits;
    private final Bandwidth maxBandwidth;
    private final @Nullable Executor handlers;
    private final @Nullable Path denyList;
    private final UserPolicy users;

    private SwarmConfig(Builder builder) {
        this.dataDirectory = builder.dataDirectory;
        this.credentials = builder.credentials;
        this.listen = builder.listen;
        this.announceAddress = builder.announceAddress;
        this.multicast = builder.multicast;
        this.peers = builder.peers;
        this.coordinators = builder.coordinators;
        this.coordinate = builder.coordinate;
        this.traits = builder.traits;
        this.gates = builder.gates;
        this.seeding = builder.seeding;
        this.cycle = builder.cycle;
        this.minFreePercent = builder.minFreePercent;
        this.warmUp = builder.warmUp;
        this.limits = builder.limits;
        this.maxBandwidth = builder.maxBandwidth;
        this.handlers = builder.handlers;
        this.denyList = builder.denyList;
        this.users = builder.users;
        if (cycle.compareTo(LEAST_CYCLE) < 0 || cycle.compareTo(LONGEST_CYCLE) > 0) {
            throw new IllegalArgumentException("cycle is " + cycle + ", has to be 10 ms to a day");
        }
        if (!(minFreePercent >= 0 && minFreePercent < 100)) {
            throw new IllegalArgumentException("minFreePercent is " + minFreePercent + ", has to be 0 to below 100");
        }
    }

    /**
     * A builder with defaults for everything but these.
     *
     * @param dataDirectory where the node keeps its files; made if missing
     * @param credentials what it proves itself with
     */
    public static Builder builder(Path dataDirectory, NodeCredentials credentials) {
        return new Builder(dataDirectory, credentials);
    }

    /** Where the node keeps its files. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /** What it proves itself with. */
    public NodeCredentials credentials() {
        return credentials;
    }

    /** Where it listens. */
    public InetSocketAddress listen() {
        return listen;
    }

    /** The address it tells others, or null for the one it listens on or, on each interface, the interface's. */
    public @Nullable InetAddress announceAddress() {
        return announceAddress;
    }

    /** Whether and where it looks for others by multicast. */
    public MulticastOptions multicast() {
        return multicast;
    }

    /** Peers it is told of. */
    public List<PeerAddress> peers() {
        return peers;
    }

    /** Whom it checks in with each cycle. */
    public List<PeerAddress> coordinators() {
        return coordinators;
    }

    /** Whether it takes check-ins of others. */
    public boolean coordinate() {
        return coordinate;
    }

    /** What targets may ask of it. */
    public Map<String, String> traits() {
        return traits;
    }

    /** The gate of a subsystem; one that is not configured is open. */
    public Gate gate(String subsystem) {
        return gates.getOrDefault(Objects.requireNonNull(subsystem, "subsystem"), Gate.ALL);
    }

    /** Who may publish. */
    public Gate seeding() {
        return seeding;
    }

    /** How often it takes stock. */
    public Duration cycle() {
        return cycle;
    }

    /** Percentage of a file system at or below which nothing more is written to it. */
    public double minFreePercent() {
        return minFreePercent;
    }

    /** Whether it warms up when it has started. */
    public boolean warmUp() {
        return warmUp;
    }

    /** Bounds on peers. */
    public TransportLimits limits() {
        return limits;
    }

    /** What downloads may take of the line. */
    public Bandwidth maxBandwidth() {
        return maxBandwidth;
    }

    /** Runs the handlers of plugins' routes, or null for threads of the node's own. */
    public @Nullable Executor handlers() {
        return handlers;
    }

    /** The file in which deny lists come, or null for none. */
    public @Nullable Path denyList() {
        return denyList;
    }

    /** For whom plugins may act. */
    public UserPolicy users() {
        return users;
    }

    /** Collects settings. Not safe for many threads. */
    public static final class Builder {
        private final Path dataDirectory;
        private final NodeCredentials credentials;
        private InetSocketAddress listen = new InetSocketAddress(DEFAULT_PORT);
        private @Nullable InetAddress announceAddress;
        private MulticastOptions multicast = MulticastOptions.automatic();
        private List<PeerAddress> peers = List.of();
        private List<PeerAddress> coordinators = List.of();
        private boolean coordinate;
        private Map<String, String> traits = Map.of();
        private Map<String, Gate> gates = Map.of();
        private Gate seeding = Gate.ALL;
        private Duration cycle = DEFAULT_CYCLE;
        private double minFreePercent = DiskGate.DEFAULT_MIN_FREE_PERCENT;
        private boolean warmUp;
        private TransportLimits limits = TransportLimits.builder().build();
        private Bandwidth maxBandwidth = Bandwidth.percent(DEFAULT_MAX_BANDWIDTH_PERCENT);
        private @Nullable Executor handlers;
        private @Nullable Path denyList;
        private UserPolicy users = UserPolicy.NOBODY;

        private Builder(Path dataDirectory, NodeCredentials credentials) {
            this.dataDirectory = Objects.requireNonNull(dataDirectory, "dataDirectory");
            this.credentials = Objects.requireNonNull(credentials, "credentials");
        }

        /** Sets where to listen; port 0 lets the system choose. Default: port 1531 on every address. */
        public Builder listen(InetSocketAddress value) {
            this.listen = Objects.requireNonNull(value, "listen");
            return this;
        }

        /**
         * Sets the address that others are told. Nodes that hear a datagram believe it only about the address it came from, so
         * one that this machine does not have itself is of use to nodes that are told it otherwise.
         */
        public Builder announceAddress(InetAddress value) {
            this.announceAddress = Objects.requireNonNull(value, "announceAddress");
            return this;
        }

        /** Sets whether and where to look for others by multicast. Default: on every interface that leads to other machines. */
        public Builder multicast(MulticastOptions value) {
            this.multicast = Objects.requireNonNull(value, "multicast");
            return this;
        }

        /** Sets known peers. */
        public Builder peers(List<PeerAddress> value) {
            this.peers = Copies.of(value, "peers");
            return this;
        }

        /**
         * Sets whom to check in with each cycle: the node tells them its traits and hears of other nodes and of what is new in the
         * manifest. Nothing stops working without them. One of them may be this node itself, so that a whole fleet can be given
         * the same list. Default: nobody.
         */
        public Builder coordinators(List<PeerAddress> value) {
            this.coordinators = Copies.of(value, "coordinators");
            return this;
        }

        /**
         * Whether the node takes check-ins, for which its certificate needs the coordinator role. It then keeps what up to 16,384
         * nodes report, 64 MiB at most, in memory. Default: false.
         */
        public Builder coordinate(boolean value) {
            this.coordinate = value;
            return this;
        }

        /** Sets what targets may ask of this node. */
        public Builder traits(Map<String, String> value) {
            this.traits = Copies.of(value, "traits");
            return this;
        }

        /** Sets the gates of subsystems by name. Default: open. */
        public Builder gates(Map<String, Gate> value) {
            this.gates = Copies.of(value, "gates");
            return this;
        }

        /** Sets which hosts may publish. Default: all. */
        public Builder seeding(Gate value) {
            this.seeding = Objects.requireNonNull(value, "seeding");
            return this;
        }

        /** Sets how often the node takes stock: every 10 ms to once a day. */
        public Builder cycle(Duration value) {
            this.cycle = Objects.requireNonNull(value, "cycle");
            return this;
        }

        /** Sets the percentage that stays free. */
        public Builder minFreePercent(double value) {
            this.minFreePercent = value;
            return this;
        }

        /**
         * Whether the node, once it serves, fetches some tens of megabytes from itself so that the virtual machine compiles what
         * carries content before there is any. Takes two or three seconds of processor time; false by default.
         */
        public Builder warmUp(boolean value) {
            this.warmUp = value;
            return this;
        }

        /** Sets the bounds on peers. */
        public Builder limits(TransportLimits value) {
            this.limits = Objects.requireNonNull(value, "limits");
            return this;
        }

        /** Sets what downloads may take of the line. Default: 50 % of its nominal speed. */
        public Builder maxBandwidth(Bandwidth value) {
            this.maxBandwidth = Objects.requireNonNull(value, "maxBandwidth");
            return this;
        }

        /**
         * Sets what runs the handlers of plugins' routes, which may block for long. The host keeps it and shuts it down after
         * the node. Default: up to sixteen threads of the node's own, which end when idle.
         */
        public Builder handlers(Executor value) {
            this.handlers = Objects.requireNonNull(value, "handlers");
            return this;
        }

        /**
         * Sets the file in which deny lists come ({@link dev.swarm.manifest.DenyList}). It is looked at twice a second and need
         * not exist. Default: none.
         */
        public Builder denyList(Path value) {
            this.denyList = Objects.requireNonNull(value, "denyList");
            return this;
        }

        /** Sets for whom plugins may act. Default: nobody. */
        public Builder users(UserPolicy value) {
            this.users = Objects.requireNonNull(value, "users");
            return this;
        }

        /** Builds, checking every value. */
        public SwarmConfig build() {
            return new SwarmConfig(this);
        }
    }
}
