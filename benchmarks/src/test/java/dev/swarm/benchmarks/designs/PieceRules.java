package dev.swarm.benchmarks.designs;

/**
 * How a swarm of pieces does it.
 *
 * @param pieceBytes of a piece
 * @param pipeline pieces that a node asks one other for at a time
 * @param inFlight pieces that a node asks all others for at a time
 * @param rarestFirst whether the piece that the fewest neighbours hold goes first, or the first one
 * @param endgame when so few pieces are missing, they are asked of several
 */
record PieceRules(int pieceBytes, int pipeline, int inFlight, boolean rarestFirst, int endgame) {

    int parcels() {
        return Math.max(1, pieceBytes / Lines.PARCEL_BYTES);
    }
}
