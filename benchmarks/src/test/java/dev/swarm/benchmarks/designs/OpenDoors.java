package dev.swarm.benchmarks.designs;

/** Everybody may fetch from whom they know. */
final class OpenDoors implements PieceSwarm.Permits {

    @Override
    public boolean mayFetch(int node, int source) {
        return true;
    }

    @Override
    public void interests(int source, int node) {}

    @Override
    public void bored(int source, int node) {}

    @Override
    public void gave(int source, int node) {}
}
