package dev.swarm.examples.admin;

import dev.swarm.NodeStatus;
import dev.swarm.SwarmNode;
import dev.swarm.disk.DiskGate;
import dev.swarm.node.TransferView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether a node can do its work, in a few findings. Safe for many threads. */
final class HealthFindings {

    private final SwarmNode node;
    private final Path data;
    private final DiskGate.SpaceProbe disk = DiskGate.SpaceProbe.fileStores();

    HealthFindings(SwarmNode node, Path data) {
        this.node = node;
        this.data = data;
    }

    /**
     * One finding.
     *
     * @param name what was looked at
     * @param ok whether nothing is to be done
     * @param finding what is the case, and the remedy
     */
    private record Finding(String name, boolean ok, String finding) {

        Map<String, @Nullable Object> toMap() {
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            members.put("name", name);
            members.put("ok", ok);
            members.put("finding", finding);
            return members;
        }
    }

    Map<String, @Nullable Object> document() {
        NodeStatus status = node.status();
        List<Finding> findings = List.of(disk(status), peers(status), broken(), gates(status));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("ok", findings.stream().allMatch(Finding::ok));
        document.put("checks", findings.stream().map(Finding::toMap).toList());
        return document;
    }

    /** What is free on the file system of the node's directory, in percent; -1 if it cannot be told. */
    double freePercent() {
        try {
            DiskGate.Space space = disk.measure(data);
            return space.totalBytes() == 0 ? -1 : 100.0 * space.usableBytes() / space.totalBytes();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Files in the seed directory that cannot be published. */
    List<String> brokenSeeds() {
        List<String> broken = new ArrayList<>();
        String trait = node.trait("swarm_seeds");
        if (trait != null && JsonText.readObject(trait).get("broken_seeds") instanceof List<?> told) {
            for (Object seed : told) {
                if (seed instanceof Map<?, ?> members) {
                    broken.add(members.get("filename") + ": " + members.get("error"));
                }
            }
        }
        return broken;
    }

    private Finding disk(NodeStatus status) {
        String why = status.transfers().stream()
                .filter(TransferView::skippedForDisk)
                .map(TransferView::reason)
                .findFirst()
                .orElse("");
        double free = freePercent();
        String told = free < 0 ? "the disk cannot be asked" : String.format(Locale.ROOT, "%.1f %% of it is free", free);
        return new Finding("disk", why.isEmpty() && free >= 0, why.isEmpty() ? told : why + "; free some space");
    }

    private static Finding peers(NodeStatus status) {
        return new Finding(
                "peers",
                status.peers() > 0,
                status.peers() > 0
                        ? status.peers() + " proved themselves"
                        : "none is known; name one with --peer, or let TCP and UDP through to the node's port");
    }

    private Finding broken() {
        List<String> broken = brokenSeeds();
        return new Finding(
                "seeds",
                broken.isEmpty(),
                broken.isEmpty()
                        ? "none is broken"
                        : broken.size() + " broken; "
                                + String.join("; ", broken.subList(0, Math.min(3, broken.size()))));
    }

    private static Finding gates(NodeStatus status) {
        TreeSet<String> open = new TreeSet<>();
        status.gates().forEach((name, isOpen) -> {
            if (isOpen) {
                open.add(name);
            }
        });
        return new Finding(
                "subsystems",
                !open.isEmpty(),
                open.isEmpty() ? "none is open for this host" : String.join(", ", open) + " open");
    }
}
