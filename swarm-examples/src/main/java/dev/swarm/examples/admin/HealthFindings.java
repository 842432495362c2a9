package dev.swarm.examples.admin;

import dev.swarm.SwarmNode;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.doctor.Check;
import dev.swarm.examples.doctor.DataChecks;
import dev.swarm.examples.doctor.NodeChecks;
import dev.swarm.examples.doctor.NodeReport;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The doctor's checks, as far as a node can make them itself whenever somebody looks at its page. Safe for many threads. */
final class HealthFindings {

    private final SwarmNode node;
    private final NodeReport.Settings settings;
    private final DiskGate.SpaceProbe disk = DiskGate.SpaceProbe.fileStores();

    HealthFindings(SwarmNode node, NodeReport.Settings settings) {
        this.node = node;
        this.settings = settings;
    }

    Map<String, @Nullable Object> document() {
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        state.put("gates", new TreeMap<String, @Nullable Object>(node.status().gates()));
        state.put("broken_seeds", brokenSeeds());
        List<Check> checks = new ArrayList<>(NodeChecks.ofItself(NodeReport.ofItself(node, settings)));
        checks.addAll(DataChecks.disks(node.dataDirectory(), disk, settings.minFreePercent()));
        checks.add(DataChecks.gates(state));
        checks.add(DataChecks.seeds(state));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("ok", checks.stream().allMatch(Check::ok));
        document.put("checks", checks.stream().map(Check::toMap).toList());
        return document;
    }

    /** What is free on the file system of the node's directory, in percent; -1 if it cannot be told. */
    double freePercent() {
        try {
            DiskGate.Space space = disk.measure(node.dataDirectory());
            return space.totalBytes() == 0 ? -1 : 100.0 * space.usableBytes() / space.totalBytes();
        } catch (IOException e) {
            return -1;
        }
    }

    /** Files in the seed directory that cannot be published, as the node reports them. */
    List<?> brokenSeeds() {
        String trait = node.trait("swarm_seeds");
        return trait != null && JsonText.readMember(trait, "broken_seeds") instanceof List<?> told ? told : List.of();
    }
}
