package dev.swarm.driver;

import dev.swarm.SwarmConfig;
import dev.swarm.blob.BlobId;
import dev.swarm.coordinate.CheckIn;
import dev.swarm.coordinate.TraitDigest;
import dev.swarm.coordinate.TraitDocument;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.TransferView;
import dev.swarm.transport.Answer;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Role;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Has a node check in with each of its coordinators every cycle. Confined to the node's loop but for the reading of traits, which
 * workers do.
 */
final class CheckIns {

    static final String PATH = "/checkin";

    /** A check-in that took this long is given up: a coordinator answers from memory. */
    static final long DEADLINE_NANOS = 10_000_000_000L;

    private final NodeParts parts;
    private final NodeMachine machine;
    private final @Nullable InetAddress announced;
    private final long cycleNanos;
    private final Executor loop;
    private final Executor reading;
    private final ReportedTraits traits;
    private final List<CoordinatorLine> lines;
    private @Nullable Instant last;

    /**
     * Check-ins with those that a configuration names.
     *
     * @param traits reads what the node reports; may block
     * @param loop the node's
     */
    CheckIns(
            NodeParts parts,
            NodeMachine machine,
            SwarmConfig config,
            Supplier<Map<String, String>> traits,
            RandomGenerator random,
            Executor loop) {
        this.parts = parts;
        this.machine = machine;
        this.announced = config.announceAddress();
        this.cycleNanos = config.cycle().toNanos();
        this.loop = loop;
        this.reading = new SerialExecutor(parts.workers());
        this.traits = new ReportedTraits(traits, parts.ticker());
        this.lines = config.coordinators().stream()
                .distinct()
                .map(address -> new CoordinatorLine(address, random))
                .toList();
    }

    /** One check-in, as far as it is the same for all coordinators. */
    private record Report(Map<String, TraitDocument> documents, Map<String, TraitDigest> digests, List<BlobId> wants) {}

    /** When a coordinator last answered; null if none has yet. */
    @Nullable
    Instant last() {
        return last;
    }

    /** Checks in where that is due. */
    void cycle(Moment now) {
        for (CoordinatorLine line : lines) {
            if (line.isOverdue(now.nanos(), DEADLINE_NANOS)) {
                line.cancel();
                line.failed("no answer within " + DEADLINE_NANOS / 1_000_000_000L + " s", cycleNanos);
            }
        }
        Map<CoordinatorLine, Long> due = new HashMap<>();
        lines.stream().filter(line -> line.isDue(now.nanos())).forEach(line -> due.put(line, line.start(now.nanos())));
        if (due.isEmpty()) {
            return;
        }
        List<BlobId> wants = machine.transfers(now).stream()
                .map(TransferView::blob)
                .limit(CheckIn.MAX_WANTS)
                .toList();
        reading.execute(() -> {
            Map<String, TraitDocument> documents = traits.read();
            Map<String, TraitDigest> digests = new HashMap<>();
            documents.forEach((name, document) -> digests.put(name, document.digest()));
            Report report = new Report(documents, digests, wants);
            loop.execute(() -> due.forEach((line, ask) -> send(line, ask, report)));
        });
    }

    /** Gives up what is under way. */
    void stop() {
        lines.forEach(CoordinatorLine::cancel);
    }

    private void send(CoordinatorLine line, long ask, Report report) {
        if (!line.awaits(ask)) {
            return;
        }
        Map<String, TraitDocument> lacking = new HashMap<>(report.documents());
        lacking.entrySet()
                .removeIf(trait -> line.isHeld(trait.getKey(), trait.getValue().digest()));
        CheckIn.Question question = new CheckIn.Question(
                parts.transport().localAddress().port(), announced, report.digests(), lacking, report.wants());
        CollectingSink sink = new CollectingSink(
                CheckIn.MAX_ANSWER_BYTES,
                answer -> loop.execute(() -> answered(line, ask, report, answer)),
                failure -> loop.execute(() -> failed(line, ask, String.valueOf(failure.getMessage()))));
        Request request = Request.post(PATH, question.encode()).with("Content-Type", "application/json");
        line.sent(ask, sink.send(parts.client(), line.address(), Lane.CONTROL, request));
    }

    private void failed(CoordinatorLine line, long ask, String why) {
        if (line.awaits(ask)) {
            line.failed(why, cycleNanos);
        }
    }

    private void answered(CoordinatorLine line, long ask, Report report, Answer answer) {
        if (!line.awaits(ask)) {
            return;
        }
        if (answer.peer().host().equals(parts.self())) {
            line.isSelf(cycleNanos);
        } else if (!answer.peer().roles().contains(Role.COORDINATOR)) {
            line.refused(
                    "the certificate of " + answer.peer().host() + " has no coordinator role; have it one issued with"
                            + " 'swarm ca issue --role coordinator', or name another coordinator",
                    cycleNanos);
        } else if (answer.status() == 404) {
            line.refused(answer.peer().host() + " takes no check-ins; start it with --coordinate", cycleNanos);
        } else if (answer.status() == 503) {
            line.busy(cycleNanos);
        } else if (answer.status() != 200) {
            line.failed("status " + answer.status(), cycleNanos);
        } else {
            accept(line, report, answer);
        }
    }

    private void accept(CoordinatorLine line, Report report, Answer answer) {
        Moment now = parts.now();
        CheckIn.Answer said;
        try {
            said = CheckIn.Answer.decode(answer.body());
        } catch (IllegalArgumentException e) {
            // What is wrong with it may quote the peer, and is not for a log.
            line.failed("its answer is not one to a check-in", cycleNanos);
            return;
        }
        Map<String, TraitDigest> held = new HashMap<>(report.digests());
        held.keySet().removeAll(said.missing());
        line.holds(held);
        machine.checkedIn(line.address(), said.manifest(), said.peers(), said.holders(), now);
        last = Instant.ofEpochMilli(now.epochMillis());
        line.succeeded(answer.peer().host().host());
        boolean lacks = said.missing().stream().anyMatch(report.digests()::containsKey);
        if (lacks && line.mayRepeat()) {
            send(line, line.repeat(now.nanos()), report);
        }
    }
}
