package dev.swarm.benchmarks.designs;

import java.util.List;

/** BitTorrent. */
public final class BitTorrent implements Design {

    private static final int PEERS = 50;
    private static final int LEAST_PIECE_BYTES = 256 * 1024;
    private static final int MOST_PIECE_BYTES = 4 << 20;
    private static final int PIECES = 1_500;
    private static final int PIPELINE = 2;
    private static final int ENDGAME = 8;

    @Override
    public String name() {
        return "BitTorrent";
    }

    @Override
    public String source() {
        return "BEP 3 and Cohen, \"Incentives Build Robustness in BitTorrent\", 2003: pieces of 256 KiB to 4 MiB, 4 slots by rate each 10 s"
                + " and one by chance each 30 s, rarest first, endgame, 50 peers; four blocks of 16 KiB are sent at a time";
    }

    @Override
    public double microsPerParcel() {
        return 25;
    }

    @Override
    public void start(Lines lines) {
        long bytes = (long) lines.parcels() * Lines.PARCEL_BYTES;
        int piece = LEAST_PIECE_BYTES;
        while (bytes / piece > PIECES && piece < MOST_PIECE_BYTES) {
            piece *= 2;
        }
        List<List<Integer>> neighbours = RandomGraph.of(lines, PEERS);
        PieceRules rules = new PieceRules(piece, PIPELINE, Integer.MAX_VALUE, true, ENDGAME);
        new Choker(lines, rules, neighbours).start();
    }
}
