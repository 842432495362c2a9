package dev.swarm.benchmarks.designs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Dragonfly 2: a scheduler gives each node parents among those that came before it. */
public final class Dragonfly implements Design {

    private static final int PIECE_BYTES = 4 << 20;
    private static final int PARENTS = 4;
    private static final int CANDIDATES = 15;
    private static final int UPLOADS = 50;
    private static final int CONCURRENT_PIECES = 10;

    @Override
    public String name() {
        return "Dragonfly";
    }

    @Override
    public String source() {
        return "d7y.io, scheduler and dfdaemon 2.2: pieces of 4 MiB in order, 10 at a time, 4 parents out of 15 candidates, at most 50"
                + " children each, those with the fewest first; no new parents later";
    }

    @Override
    public void start(Lines lines) {
        PieceRules rules = new PieceRules(PIECE_BYTES, CONCURRENT_PIECES, CONCURRENT_PIECES, false, 0);
        new PieceSwarm(lines, rules, new OpenDoors(), parents(lines)).start();
    }

    private static List<List<Integer>> parents(Lines lines) {
        int[] children = new int[lines.nodes()];
        List<List<Integer>> parents = new ArrayList<>();
        parents.add(List.of());
        for (int node = 1; node < lines.nodes(); node++) {
            List<Integer> candidates = new ArrayList<>();
            for (int other : lines.shuffled(node)) {
                if (candidates.size() < CANDIDATES && children[other] < UPLOADS) {
                    candidates.add(other);
                }
            }
            candidates.sort(Comparator.comparingInt(other -> children[other]));
            List<Integer> chosen = List.copyOf(candidates.subList(0, Math.min(PARENTS, candidates.size())));
            chosen.forEach(other -> children[other]++);
            parents.add(chosen);
        }
        return parents;
    }
}
