package dev.swarm.benchmarks.designs;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Nodes that fetch pieces from those that they know. Confined to one thread. */
final class PieceSwarm {

    /** Who may fetch from whom at the moment. */
    interface Permits {

        /** Whether a node may fetch from another. */
        boolean mayFetch(int node, int source);

        /** A source has something new for a node. */
        void interests(int source, int node);

        /** A node has nothing to fetch from a source at the moment. */
        void bored(int source, int node);

        /** A source gave a node a parcel. */
        void gave(int source, int node);
    }

    private final Lines lines;
    private final PieceRules rules;
    private final Permits permits;
    private final int pieces;
    private final List<List<Integer>> sources;
    private final List<List<Integer>> listeners = new ArrayList<>();
    private final BitSet[] held;
    private final BitSet[] asked;
    private final int[][] rarity;
    private final int[][] outstanding;
    private final int[] inFlight;

    /**
     * Nodes of which the first holds all.
     *
     * @param sources whom each node may fetch from
     */
    PieceSwarm(Lines lines, PieceRules rules, Permits permits, List<List<Integer>> sources) {
        this.lines = lines;
        this.rules = rules;
        this.permits = permits;
        this.sources = sources;
        int nodes = lines.nodes();
        this.pieces = (lines.parcels() + rules.parcels() - 1) / rules.parcels();
        this.held = new BitSet[nodes];
        this.asked = new BitSet[nodes];
        this.rarity = new int[nodes][pieces];
        this.outstanding = new int[nodes][nodes];
        this.inFlight = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            held[i] = new BitSet(pieces);
            asked[i] = new BitSet(pieces);
            listeners.add(new ArrayList<>());
        }
        held[0].set(0, pieces);
        for (int i = 0; i < nodes; i++) {
            int node = i;
            sources.get(i).forEach(source -> listeners.get(source).add(node));
        }
    }

    /** The first node tells its neighbours what it has. */
    void start() {
        for (int node : listeners.get(0)) {
            for (int piece = 0; piece < pieces; piece++) {
                rarity[node][piece]++;
            }
        }
        for (int node : listeners.get(0)) {
            permits.interests(0, node);
            fetch(node, 0);
        }
    }

    /** Whether a source has something that a node lacks. */
    boolean isInterested(int node, int source) {
        for (int piece = held[source].nextSetBit(0); piece >= 0; piece = held[source].nextSetBit(piece + 1)) {
            if (!held[node].get(piece)) {
                return true;
            }
        }
        return false;
    }

    List<Integer> listeners(int source) {
        return listeners.get(source);
    }

    /** Asks a source for as much as the rules allow. */
    void fetch(int node, int source) {
        while (mayAsk(node, source)) {
            int piece = next(node, source);
            if (piece < 0) {
                if (outstanding[node][source] == 0 && !isInterested(node, source)) {
                    permits.bored(source, node);
                }
                return;
            }
            ask(node, source, piece);
        }
    }

    private boolean mayAsk(int node, int source) {
        return !lines.isFull(node)
                && outstanding[node][source] < rules.pipeline()
                && inFlight[node] < rules.inFlight()
                && permits.mayFetch(node, source);
    }

    private int next(int node, int source) {
        int start = rules.rarestFirst() ? lines.time().random().nextInt(pieces) : 0;
        int best = -1;
        for (int i = 0; i < pieces; i++) {
            int piece = (start + i) % pieces;
            if (held[source].get(piece) && !held[node].get(piece) && !asked[node].get(piece)) {
                if (!rules.rarestFirst()) {
                    return piece;
                }
                if (best < 0 || rarity[node][piece] < rarity[node][best]) {
                    best = piece;
                }
            }
        }
        return best < 0 ? endgame(node, source) : best;
    }

    /** A piece that another was asked for, if few are missing and nothing is under way from this source. */
    private int endgame(int node, int source) {
        if (outstanding[node][source] > 0 || pieces - held[node].cardinality() > rules.endgame()) {
            return -1;
        }
        int piece = held[node].nextClearBit(0);
        while (piece < pieces && !held[source].get(piece)) {
            piece = held[node].nextClearBit(piece + 1);
        }
        return piece < pieces ? piece : -1;
    }

    private void ask(int node, int source, int piece) {
        asked[node].set(piece);
        outstanding[node][source]++;
        inFlight[node]++;
        int count = Math.min(rules.parcels(), lines.parcels() - piece * rules.parcels());
        int[] arrived = {0};
        boolean[] over = {false};
        lines.ask(
                node,
                source,
                () -> lines.stream(source, node, count, () -> wants(node, piece), () -> {
                    arrived[0]++;
                    permits.gave(source, node);
                    boolean late = held[node].get(piece);
                    if (late && !over[0]) {
                        lines.wasted(arrived[0]);
                    } else if (late) {
                        lines.wasted(1);
                    }
                    if (!over[0] && (late || arrived[0] == count)) {
                        over[0] = true;
                        ended(node, source, piece, late ? 0 : count);
                    }
                }));
    }

    private boolean wants(int node, int piece) {
        return !held[node].get(piece);
    }

    private void ended(int node, int source, int piece, int parcels) {
        outstanding[node][source]--;
        inFlight[node]--;
        if (parcels > 0) {
            held[node].set(piece);
            lines.took(node, parcels);
            tell(node, piece);
        }
        if (lines.isFull(node)) {
            sources.get(node).forEach(other -> permits.bored(other, node));
            return;
        }
        fetch(node, source);
        if (inFlight[node] < rules.inFlight() && rules.inFlight() < Integer.MAX_VALUE) {
            sources.get(node).forEach(other -> fetch(node, other));
        }
    }

    private void tell(int source, int piece) {
        for (int node : listeners.get(source)) {
            rarity[node][piece]++;
            if (!held[node].get(piece)) {
                permits.interests(source, node);
                if (!asked[node].get(piece) && mayAsk(node, source)) {
                    ask(node, source, piece);
                }
            }
        }
    }
}
