package dev.swarm.examples.fleet;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.Ticker;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a node, the peers that answer it, and, at a coordinator, those who check in with it report of their blobs, as of one
 * moment. Immutable. Per-chunk lists are kept as runs.
 */
public final class FleetTraits {

    private static final String TRAIT = "swarm";
    private static final long ANSWER_NANOS = 3_000_000_000L;

    /** Peers asked. A fleet with more has coordinators, which are told and need not ask. */
    private static final int MAX_ASKED = 512;

    /** Of those at once: each may answer with 16 MiB, and an answer is read before another peer is asked. */
    private static final int AT_ONCE = 8;

    /** When nobody has answered for so long, as many others are asked: those that are gone are not waited for. */
    private static final long SILENCE_NANOS = 100_000_000L;

    /** Characters that are read of all reports together; nodes past it count as if they had not answered. */
    private static final long MAX_TEXT = 128L << 20;

    private final Map<PeerId, Map<String, @Nullable Object>> reports;

    private FleetTraits(Map<PeerId, Map<String, @Nullable Object>> reports) {
        this.reports = reports;
    }

    /** Asks. Blocks for at most three seconds, for peers that do not answer. */
    public static FleetTraits ask(SwarmNode node) {
        Reading reading = new Reading();
        reading.add(node.id(), node.trait(TRAIT));
        Map<PeerId, FleetReport> checkedIn = new TreeMap<>();
        node.fleet().forEach(report -> checkedIn.put(report.host(), report));
        Round round = new Round(node);
        Answer answer = round.next();
        while (answer != null) {
            checkedIn.remove(answer.host);
            reading.add(answer.host, answer.text);
            answer = round.next();
        }
        checkedIn.forEach((host, report) -> reading.add(host, report.trait(TRAIT)));
        round.silent.stream().filter(host -> !checkedIn.containsKey(host)).forEach(host -> reading.add(host, null));
        return new FleetTraits(reading.reports);
    }

    /** What a peer answered. */
    private record Answer(PeerId host, String text) {}

    /** Asks peers, some at a time. Confined but for the answers. */
    private static final class Round {

        private final SwarmNode node;
        private final Deque<PeerView> waiting = new ArrayDeque<>();
        private final Set<PeerId> silent = new LinkedHashSet<>();
        private final BlockingQueue<Optional<Answer>> answers = new LinkedBlockingQueue<>();
        private final Ticker ticker = SystemAdapters.ticker();
        private final long deadline = ticker.nanoTime() + ANSWER_NANOS;
        private int underWay;

        Round(SwarmNode node) {
            this.node = node;
            for (PeerView peer : node.peers()) {
                if (peer.id() != null && peer.reachable() && waiting.size() < MAX_ASKED && silent.add(peer.id())) {
                    waiting.add(peer);
                }
            }
            ask(AT_ONCE);
        }

        /** The next answer of use; null if there will be none in time. Asks another peer for the one before. */
        @Nullable
        Answer next() {
            ask(AT_ONCE - underWay);
            while (underWay > 0 && deadline - ticker.nanoTime() > 0) {
                Optional<Answer> answer;
                try {
                    answer = answers.poll(Math.min(SILENCE_NANOS, deadline - ticker.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return null;
                }
                if (answer == null) {
                    ask(AT_ONCE);
                    continue;
                }
                underWay--;
                if (answer.isPresent()) {
                    silent.remove(answer.get().host);
                    return answer.get();
                }
                ask(AT_ONCE - underWay);
            }
            return null;
        }

        private void ask(int most) {
            for (int i = 0; i < most && !waiting.isEmpty(); i++) {
                PeerView peer = waiting.remove();
                PeerId host = Objects.requireNonNull(peer.id());
                underWay++;
                var unused = node.trait(peer.address(), TRAIT)
                        .handle((text, failure) ->
                                answers.add(Optional.ofNullable(text).map(told -> new Answer(host, told))));
            }
        }
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
