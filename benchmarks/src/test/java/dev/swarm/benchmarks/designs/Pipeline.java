package dev.swarm.benchmarks.designs;

/** Each node passes on to its children what comes from its parent, parcel by parcel. */
public final class Pipeline implements Design {

    private final int children;

    /** A chain with one child each, a tree with more. */
    public Pipeline(int children) {
        this.children = children;
    }

    @Override
    public String name() {
        return children == 1 ? "chain" : "tree of " + children;
    }

    @Override
    public String source() {
        return "pipelined by 64 KiB; Biersack, Rodriguez, Felber, \"Performance Analysis of Peer-to-Peer Networks for File"
                + " Distribution\", 2004";
    }

    @Override
    public void start(Lines lines) {
        for (int child = 1; child <= children && child < lines.nodes(); child++) {
            int to = child;
            lines.stream(0, to, lines.parcels(), () -> true, () -> arrived(lines, to));
        }
    }

    private void arrived(Lines lines, int node) {
        lines.took(node, 1);
        for (long child = (long) children * node + 1; child <= (long) children * (node + 1); child++) {
            if (child < lines.nodes()) {
                int to = (int) child;
                lines.send(node, to, () -> arrived(lines, to));
            }
        }
    }
}
