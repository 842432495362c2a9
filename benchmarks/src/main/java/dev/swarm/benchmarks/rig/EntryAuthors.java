package dev.swarm.benchmarks.rig;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Members that sign entries such as an operator would publish, with real keys. Immutable. */
public final class EntryAuthors {

    private final List<String> hosts;
    private final List<EntrySigner> signers = new ArrayList<>();
    private final FleetId fleet;
    private final EntryVerifier verifier;

    private EntryAuthors(List<String> hosts, BenchmarkFleet members) throws IOException {
        this.hosts = hosts;
        NodeCredentials first = members.credentials(hosts.get(0));
        this.fleet = FleetId.of(first.authority());
        this.verifier = EntryVerifier.of(fleet, first.authority());
        for (String host : hosts) {
            NodeCredentials author = members.credentials(host);
            signers.add(EntrySigner.of(author.key(), author.certificate(), fleet));
        }
    }

    /** Issues certificates to so many in {@code directory}; takes about half a second each. */
    public static EntryAuthors issue(Path directory, int count) throws IOException {
        List<String> hosts = IntStream.range(0, count)
                .mapToObj(i -> String.format(Locale.ROOT, "node-%02d.rack-7.example.com", i))
                .toList();
        return new EntryAuthors(hosts, BenchmarkFleet.issue(directory, hosts.toArray(String[]::new)));
    }

    /** Their fleet. */
    public FleetId fleet() {
        return fleet;
    }

    /** Tells their entries from others. */
    public EntryVerifier verifier() {
        return verifier;
    }

    /** An entry of its own for each number, by one author after the other, as of a time in milliseconds since 1970. */
    public SignedEntry sign(int number, long epochMillis) {
        int author = number % hosts.size();
        long mixed = (number + 1) * 0x9E3779B97F4A7C15L;
        return signers.get(author)
                .sign(ManifestEntry.builder()
                        .blob(new BlobId(mixed, mixed * 3, mixed * 5, number))
                        .author(new PeerId(hosts.get(author)))
                        .size(1_000_000L + number)
                        .root(new TreeRoot(mixed * 7, mixed * 11, mixed * 13, number))
                        .label(new Label("firmware-" + number + ".bin"))
                        .target(TargetSpec.parse("*.rack-" + number % 20 + ".example.com"))
                        .state(EntryState.ACTIVE)
                        .clock(HybridTimestamp.of(epochMillis, 0))
                        .build());
    }
}
