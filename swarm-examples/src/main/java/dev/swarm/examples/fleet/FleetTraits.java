package dev.swarm.examples.fleet;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.swarm.SwarmNode;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node, the peers that answer it, and, at a coordinator, those who check in with it report of their blobs, as of one
 * moment. Immutable. Per-chunk lists are kept as runs.
 */
public final class FleetTraits {

    private static final String TRAIT = "swarm";
    private static final long ANSWER_SECONDS = 3;

    /** Peers asked at once. A fleet with more has coordinators, which are told and need not ask. */
    private static final int MAX_ASKED = 512;

    /** Characters that are read of all reports together; nodes past it count as if they had not answered. */
    private static final long MAX_TEXT = 128L << 20;

    private final Map<PeerId, Map<String, @Nullable Object>> reports;

    private FleetTraits(Map<PeerId, Map<String, @Nullable Object>> reports) {
        this.reports = reports;
    }

    /** Asks. Blocks for at most three seconds, for peers that do not answer. */
    public static FleetTraits ask(SwarmNode node) {
        Map<PeerId, CompletableFuture<@Nullable String>> answers = new LinkedHashMap<>();
        for (PeerView peer : node.peers()) {
            PeerId host = peer.id();
            if (host != null && peer.reachable() && answers.size() < MAX_ASKED) {
                answers.put(
                        host,
                        node.trait(peer.address(), TRAIT)
                                .orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                                .<@Nullable String>handle((text, failure) -> text));
            }
        }
        Map<PeerId, FleetReport> checkedIn = new TreeMap<>();
        node.fleet().forEach(report -> checkedIn.put(report.host(), report));
        Reading reading = new Reading();
        reading.add(node.id(), node.trait(TRAIT));
        answers.forEach((host, answer) -> {
            String text = answer.join();
            FleetReport report = checkedIn.remove(host);
            reading.add(host, text == null && report != null ? report.trait(TRAIT) : text);
        });
        checkedIn.forEach((host, report) -> reading.add(host, report.trait(TRAIT)));
        return new FleetTraits(reading.reports);
    }

    /** By node, the asking one first; empty for one that did not answer with a report. */
    Map<PeerId, Map<String, @Nullable Object>> reports() {
        return reports;
    }

    /** Reads reports until they are too much. */
    private static final class Reading {

        private final Map<PeerId, Map<String, @Nullable Object>> reports = new LinkedHashMap<>();
        private long left = MAX_TEXT;

        void add(PeerId host, @Nullable String text) {
            left -= text == null ? 0 : text.length();
            reports.put(host, read(left < 0 ? null : text));
        }
    }

    /** The members of a report; none if it is no such report. */
    static Map<String, @Nullable Object> read(@Nullable String text) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        try {
            JsonText.readMembers(text == null ? "{}" : text, (name, json) -> members.put(name, readMember(name, json)));
        } catch (IllegalArgumentException e) {
            members.clear();
        }
        return members;
    }

    private static @Nullable Object readMember(String name, JsonParser json) throws IOException {
        if (name.equals("chunk_details") && json.currentToken() == JsonToken.START_OBJECT) {
            Map<String, List<ChunkStrip.Run>> strips = new LinkedHashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String blob = json.currentName();
                json.nextToken();
                strips.put(blob, ChunkStrip.read(json).runs());
            }
            return strips;
        }
        Object value = JsonText.readValue(json);
        return name.equals("blobs") && value instanceof List<?> list ? new HashSet<>(list) : value;
    }
}
