package dev.swarm.benchmarks.designs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Tit for tat: each node lets four fetch who gave it most of late, and one more by chance. Confined to one thread. */
final class Choker implements PieceSwarm.Permits {

    private static final int SLOTS = 4;
    private static final long ROUND_NANOS = 10_000_000_000L;
    private static final int ROUNDS_OF_LUCK = 3;

    private final Lines lines;
    private final boolean[][] open;
    private final int[] opened;
    private final int[] lucky;
    private final int[][] given;
    private final PieceSwarm swarm;
    private int round;

    Choker(Lines lines, PieceRules rules, List<List<Integer>> neighbours) {
        this.lines = lines;
        int nodes = lines.nodes();
        this.open = new boolean[nodes][nodes];
        this.opened = new int[nodes];
        this.lucky = new int[nodes];
        this.given = new int[nodes][nodes];
        this.swarm = new PieceSwarm(lines, rules, this, neighbours);
    }

    void start() {
        swarm.start();
        lines.time().after(ROUND_NANOS, this::nextRound);
    }

    @Override
    public boolean mayFetch(int node, int source) {
        return open[source][node];
    }

    @Override
    public void interests(int source, int node) {
        if (!open[source][node] && opened[source] <= SLOTS) {
            open(source, node);
            lines.time().after(0, () -> swarm.fetch(node, source));
        }
    }

    @Override
    public void bored(int source, int node) {
        if (!open[source][node]) {
            return;
        }
        close(source, node);
        List<Integer> waiting = interested(source);
        waiting.removeIf(other -> open[source][other]);
        if (!waiting.isEmpty()) {
            int other = waiting.get(lines.time().random().nextInt(waiting.size()));
            open(source, other);
            lines.time().after(0, () -> swarm.fetch(other, source));
        }
    }

    @Override
    public void gave(int source, int node) {
        given[source][node]++;
    }

    private void open(int source, int node) {
        open[source][node] = true;
        opened[source]++;
    }

    private void close(int source, int node) {
        open[source][node] = false;
        opened[source]--;
    }

    private List<Integer> interested(int source) {
        List<Integer> nodes = new ArrayList<>(swarm.listeners(source));
        nodes.removeIf(node -> lines.isFull(node) || !swarm.isInterested(node, source));
        return nodes;
    }

    private void nextRound() {
        round++;
        for (int node : lines.shuffled(lines.nodes())) {
            choose(node);
        }
        for (int[] counts : given) {
            Arrays.fill(counts, 0);
        }
        lines.time().after(ROUND_NANOS, this::nextRound);
    }

    private void choose(int source) {
        List<Integer> wanting = interested(source);
        boolean seeds = lines.isFull(source);
        wanting.sort(Comparator.comparingInt(node -> -(seeds ? given[source][node] : given[node][source])));
        List<Integer> chosen = new ArrayList<>(wanting.subList(0, Math.min(SLOTS, wanting.size())));
        List<Integer> others = new ArrayList<>(wanting);
        others.removeAll(chosen);
        if (!others.isEmpty()) {
            if (round % ROUNDS_OF_LUCK == 0 || !others.contains(lucky[source])) {
                lucky[source] = others.get(lines.time().random().nextInt(others.size()));
            }
            chosen.add(lucky[source]);
        }
        for (int node : swarm.listeners(source)) {
            if (open[source][node] && !chosen.contains(node)) {
                close(source, node);
            }
        }
        for (int node : chosen) {
            if (!open[source][node]) {
                open(source, node);
                swarm.fetch(node, source);
            }
        }
    }
}
