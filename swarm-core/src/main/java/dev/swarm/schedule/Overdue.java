package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;
import java.util.ArrayList;
import java.util.List;

/** Finds the open requests that are too late, or of no use any more. Confined. */
final class Overdue {

    /** Nothing from a peer for this long, while it owes something, and its requests are given to others. */
    private static final long STALL_NANOS = 3_000_000_000L;

    /**
     * The same where the network takes longer: a first byte takes a round trip each for TCP, TLS and the request, and with the ten
     * packets that TCP begins with (RFC 6928) a first leaf another three.
     */
    private static final int STALL_ROUND_TRIPS = 8;

    /** Before this no request can be too late. */
    private long lookAt = Long.MIN_VALUE;

    private boolean oneMayBeUseless;

    /** What a request is for may be here by another one. */
    void oneMayBeUseless() {
        oneMayBeUseless = true;
    }

    /** Those that are to be given up at this moment. */
    List<OpenRequest> among(OpenRequests requests, LeafSet held, long now) {
        if (!oneMayBeUseless && now < lookAt) {
            return List.of();
        }
        oneMayBeUseless = false;
        lookAt = now + STALL_NANOS;
        List<OpenRequest> late = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            OpenRequest open = requests.at(i);
            long due = Math.max(open.sentAt(), open.source().lastBytes()) + patience(open.source());
            if (open.isUseless(held) || now - due >= 0) {
                late.add(open);
            } else {
                lookAt = Math.min(lookAt, due);
            }
        }
        return late;
    }

    private static long patience(Source source) {
        return Math.max(STALL_NANOS, STALL_ROUND_TRIPS * source.roundTripNanos());
    }
}
