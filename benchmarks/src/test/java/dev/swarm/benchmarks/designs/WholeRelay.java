package dev.swarm.benchmarks.designs;

import java.util.ArrayDeque;
import java.util.Deque;

/** Who has all of it serves one other at a time. */
public final class WholeRelay implements Design {

    @Override
    public String name() {
        return "whole copies";
    }

    @Override
    public String source() {
        return "a node serves what it holds whole, as registries' mirrors between nodes do (Spegel), each one other at a time, which"
                + " doubles the holders fastest";
    }

    @Override
    public void start(Lines lines) {
        Deque<Integer> waiting = new ArrayDeque<>();
        for (int i = 1; i < lines.nodes(); i++) {
            waiting.add(i);
        }
        serve(lines, 0, waiting);
    }

    private static void serve(Lines lines, int holder, Deque<Integer> waiting) {
        Integer next = waiting.poll();
        if (next != null) {
            int to = next;
            lines.stream(holder, to, lines.parcels(), () -> true, () -> {
                lines.took(to, 1);
                if (lines.isFull(to)) {
                    serve(lines, holder, waiting);
                    serve(lines, to, waiting);
                }
            });
        }
    }
}
