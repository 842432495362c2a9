package dev.swarm.benchmarks.designs;

/** All fetch from one server at a time. */
public final class Star implements Design {

    @Override
    public String name() {
        return "star";
    }

    @Override
    public String source() {
        return "client and server, one stream each, as with curl and nginx";
    }

    @Override
    public void start(Lines lines) {
        for (int i = 1; i < lines.nodes(); i++) {
            int node = i;
            lines.stream(0, node, lines.parcels(), () -> true, () -> lines.took(node, 1));
        }
    }
}
