package dev.swarm.benchmarks.designs;

/** Uber's Kraken. */
public final class Kraken implements Design {

    private static final int PIECE_BYTES = 4 << 20;
    private static final int CONNECTIONS = 10;
    private static final int PIPELINE = 3;
    private static final int ENDGAME = 3;

    @Override
    public String name() {
        return "Kraken";
    }

    @Override
    public String source() {
        return "github.com/uber/kraken, lib/torrent/scheduler: pieces of 4 MiB, 10 connections, 3 requests on each, rarest first,"
                + " endgame at 3 pieces; a random graph";
    }

    @Override
    public double microsPerParcel() {
        return 25;
    }

    @Override
    public void start(Lines lines) {
        PieceRules rules = new PieceRules(PIECE_BYTES, PIPELINE, Integer.MAX_VALUE, true, ENDGAME);
        new PieceSwarm(lines, rules, new OpenDoors(), RandomGraph.of(lines, CONNECTIONS)).start();
    }
}
