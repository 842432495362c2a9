package dev.swarm.driver;

import dev.swarm.NodeStatus;
import dev.swarm.SwarmConfig;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.trait.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The text of {@code state.json}: the node as of one moment, for who may read its files and not ask it. Safe for many threads.
 */
final class StateJson {

    /** Blobs that are told of in each list: the file is written every cycle. */
    private static final int MAX_BLOBS = 1_000;

    private final SwarmConfig config;
    private final SubsystemHost subsystems;
    private final Supplier<@Nullable String> seedsTrait;

    /** @param seedsTrait what plugins report of seeds; may look at the disk */
    StateJson(SwarmConfig config, SubsystemHost subsystems, Supplier<@Nullable String> seedsTrait) {
        this.config = config;
        this.subsystems = subsystems;
        this.seedsTrait = seedsTrait;
    }

    /**
     * What is here of the manifest's blobs, and who else has them.
     *
     * @param held the complete ones, as many as are told
     * @param heldBytes their size, of those too that are not told
     * @param holders peers that have a blob, for as many blobs as are told
     */
    record Blobs(List<BlobId> held, long heldBytes, Map<BlobId, List<PeerAddress>> holders) {

        /** Asks the machine, on its loop. */
        static Blobs of(NodeMachine machine, List<BlobView> views, Moment now) {
            List<BlobId> held = new ArrayList<>();
            long heldBytes = 0;
            Map<BlobId, List<PeerAddress>> holders = new LinkedHashMap<>();
            for (BlobView view : views) {
                if (machine.isComplete(view.blob())) {
                    heldBytes += view.size();
                    if (held.size() < MAX_BLOBS) {
                        held.add(view.blob());
                    }
                }
                if (holders.size() < MAX_BLOBS) {
                    List<PeerAddress> known = machine.peers().holders(view.blob(), now.nanos());
                    if (!known.isEmpty()) {
                        holders.put(view.blob(), known);
                    }
                }
            }
            return new Blobs(held, heldBytes, holders);
        }
    }

    /** Runs on a worker: asks plugins, who may look at the disk. */
    String write(NodeStatus status, Blobs blobs, long epochMillis) {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("host", status.host().host());
        state.put("listen", status.address());
        state.put("traits", new TreeMap<>(config.traits()));
        state.put("gates", new TreeMap<>(status.gates()));
        state.put("users", subsystems.users());
        state.put("manifest_version", status.manifestVersion());
        state.put("active_blobs", status.activeBlobs());
        state.put("revoked", status.revokedBlobs());
        state.put("peers", status.peers());
        Instant checkedIn = status.lastCheckIn();
        state.put("last_checkin_ms", checkedIn == null ? null : checkedIn.toEpochMilli());
        state.put("last_cycle_ms", epochMillis);
        state.put("store_problem", status.storeProblem());
        state.put("cycle_ms", config.cycle().toMillis());
        state.put("min_free_pct", config.minFreePercent());
        state.put("cache_bytes", blobs.heldBytes());
        state.put("blob_count", status.completeBlobs());
        state.put("blobs", blobs.held());
        if (status.completeBlobs() > blobs.held().size()) {
            state.put("left_out", List.of("blobs"));
        }
        state.put("downloading", told(status, TransferView::isUnderWay, TransferView::chunksHeld));
        state.put("skipped", told(status, TransferView::skippedForDisk, TransferView::reason));
        state.put("stalled", told(status, TransferView::stalled, TransferView::reason));
        state.put("broken_seeds", brokenSeeds());
        state.put("holders", blobs.holders());
        return JsonText.write(json -> {
            json.useDefaultPrettyPrinter();
            JsonText.writeValue(json, state);
        });
    }

    private List<?> brokenSeeds() {
        String seeds = seedsTrait.get();
        return seeds != null && JsonText.readMember(seeds, "broken_seeds") instanceof List<?> list ? list : List.of();
    }

    private static Map<String, Object> told(
            NodeStatus status, Predicate<TransferView> which, Function<TransferView, Object> what) {
        Map<String, Object> told = new TreeMap<>();
        status.transfers().stream()
                .filter(which)
                .limit(MAX_BLOBS)
                .forEach(transfer -> told.put(transfer.blob().hex(), what.apply(transfer)));
        return told;
    }
}
