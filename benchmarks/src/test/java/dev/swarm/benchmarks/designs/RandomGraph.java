package dev.swarm.benchmarks.designs;

import java.util.ArrayList;
import java.util.List;

/** Who knows whom, when each was told of others at random. */
final class RandomGraph {

    private RandomGraph() {}

    /** Neighbours of each node, about so many, both ways. */
    static List<List<Integer>> of(Lines lines, int degree) {
        int nodes = lines.nodes();
        List<List<Integer>> neighbours = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            neighbours.add(new ArrayList<>());
        }
        for (int node = 0; node < nodes; node++) {
            List<Integer> own = neighbours.get(node);
            for (int other : lines.shuffled(nodes)) {
                boolean fits = own.size() < degree && neighbours.get(other).size() < degree;
                if (other != node && fits && !own.contains(other)) {
                    own.add(other);
                    neighbours.get(other).add(node);
                }
            }
        }
        return neighbours;
    }
}
