package dev.swarm.coordinate;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a coordinator knows of one node that checks in, as of one moment. Immutable. */
public final class FleetReport {

    private final PeerId host;
    private final PeerAddress address;
    private final Duration quiet;
    private final Map<String, TraitDocument> traits;

    FleetReport(PeerId host, PeerAddress address, Duration quiet, Map<String, TraitDocument> traits) {
        this.host = Objects.requireNonNull(host, "host");
        this.address = Objects.requireNonNull(address, "address");
        this.quiet = Objects.requireNonNull(quiet, "quiet");
        this.traits = Map.copyOf(traits);
    }

    /** The node's name, as its certificate tells. */
    public PeerId host() {
        return host;
    }

    /** Where it says it listens; nothing but the port of it is proven. */
    public PeerAddress address() {
        return address;
    }

    /** How long ago it checked in last. */
    public Duration quiet() {
        return quiet;
    }

    /** The names of the traits whose documents are here. */
    public Set<String> traits() {
        return traits.keySet();
    }

    /**
     * A trait as JSON text, a new string each time; null if it is not here. One that was too long for a check-in names what was
     * left out of it in a member {@code left_out}.
     */
    public @Nullable String trait(String name) {
        TraitDocument document = traits.get(name);
        return document == null ? null : document.text();
    }

    @Override
    public String toString() {
        return host + " at " + address + ", heard " + quiet + " ago, with " + traits.keySet();
    }
}
