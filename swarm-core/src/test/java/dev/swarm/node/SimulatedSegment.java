package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.sim.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Many announcers on one segment in virtual time: every datagram reaches everyone else after the same time, or is lost. */
final class SimulatedSegment {

    static final long CYCLE_NANOS = 5_000_000_000L;

    private static final String FLEET = "0123456789abcdef";
    private static final PeerAddress ADDRESS = PeerAddress.parse("10.0.0.1:1531");

    private final VirtualTime time;
    private final long latencyNanos;
    private final List<Speaker> speakers = new ArrayList<>();
    private double loss;
    private long bytes;
    private long datagrams;

    SimulatedSegment(long seed, long latencyNanos) {
        this.time = new VirtualTime(seed);
        this.latencyNanos = latencyNanos;
    }

    /** One node, as far as others on the segment notice it. */
    final class Speaker {
        private final PeerId host = new PeerId("node-" + speakers.size() + ".example.com");
        private final List<Announcement.Holding> holdings = new ArrayList<>();
        private final Announcer announcer = new Announcer(CYCLE_NANOS, time.random(), time.now());
        private final long startedAt = time.now();
        private String digest = "0".repeat(32);
        private long wake = Long.MAX_VALUE;
        private boolean running = true;
        private long firstHeard = Long.MAX_VALUE;
        private long firstKnown = Long.MAX_VALUE;
        private long lastSpoke = -1;
        private int announcements;

        void holds(BlobId blob) {
            holdings.add(new Announcement.Holding(blob, 10, 10));
        }

        void completes(BlobId blob) {
            holds(blob);
            announcer.completed(blob, time.now());
            act();
        }

        void publishes(BlobId blob, String newDigest) {
            holds(blob);
            digest = newDigest;
            announcer.published(blob, time.now());
            act();
        }

        void learns(String newDigest) {
            digest = newDigest;
            announcer.learned(time.now());
            act();
        }

        void stop() {
            running = false;
        }

        /** Nanoseconds from the start until it had heard someone and someone had heard it. */
        long acquaintedAfter() {
            return Math.max(firstHeard, firstKnown) - startedAt;
        }

        int announcements() {
            return announcements;
        }

        long lastSpoke() {
            return lastSpoke;
        }

        private void act() {
            long now = time.now();
            if (!running) {
                return;
            }
            if (now >= announcer.wakeAt() && announcer.isDue(now, digest)) {
                Announcement said = new Announcement(
                        FLEET,
                        host,
                        ADDRESS,
                        announcer.isSeeking(now),
                        digest,
                        announcer.select(new ListedHoldings(holdings), now));
                int length = said.encode().remaining();
                announcer.spoke(length, now);
                announcements++;
                lastSpoke = now;
                send(this, said, length);
            }
            if (announcer.wakeAt() < wake || wake <= now) {
                wake = announcer.wakeAt();
                time.at(wake, this::act);
            }
        }

        private void hear(Announcement said, int length, boolean member) {
            firstHeard = Math.min(firstHeard, time.now());
            announcer.heard(said, length, member, time.now());
            if (announcer.wakeAt() < wake) {
                act();
            }
        }
    }

    VirtualTime time() {
        return time;
    }

    List<Speaker> speakers() {
        return speakers;
    }

    Speaker start() {
        return start(speaker -> {});
    }

    Speaker start(java.util.function.Consumer<Speaker> setUp) {
        Speaker speaker = new Speaker();
        speakers.add(speaker);
        setUp.accept(speaker);
        speaker.act();
        return speaker;
    }

    void startAll(int count) {
        for (int i = 0; i < count; i++) {
            start();
        }
    }

    void lose(double share) {
        loss = share;
    }

    /** Bytes sent so far, headers included. */
    long bytes() {
        return bytes;
    }

    long datagrams() {
        return datagrams;
    }

    void run(double seconds) {
        long end = time.now() + (long) (seconds * 1e9);
        while (time.step(end)) {
            assert time.now() <= end;
        }
    }

    /** Bytes per second while {@code seconds} pass. */
    double rate(double seconds) {
        long before = bytes;
        run(seconds);
        return (bytes - before) / seconds;
    }

    /** Runs something on every running node, each after its own delay, as news spreads that nodes pull from each other. */
    void onEach(LongUnaryOperator delayByNode, java.util.function.Consumer<Speaker> action) {
        for (int i = 0; i < speakers.size(); i++) {
            Speaker speaker = speakers.get(i);
            time.after(delayByNode.applyAsLong(i), () -> action.accept(speaker));
        }
    }

    private void send(Speaker from, Announcement said, int length) {
        bytes += length + Crowd.HEADER_BYTES;
        datagrams++;
        time.after(latencyNanos, () -> {
            for (Speaker to : List.copyOf(speakers)) {
                if (to != from && to.running && (loss == 0 || time.random().nextDouble() >= loss)) {
                    from.firstKnown = Math.min(from.firstKnown, time.now());
                    to.hear(said, length, true);
                }
            }
        });
    }
}
