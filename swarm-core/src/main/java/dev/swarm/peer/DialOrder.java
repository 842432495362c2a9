package dev.swarm.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Puts the peers that may be asked in an order. Whoever failed comes after all others, those that failed least often first: with each
 * of many addresses tried as often as the others, one that is alive is found in the first round. By chance otherwise. Confined.
 */
final class DialOrder {

    private final RandomGenerator random;
    private final List<PeerAddress> named = new ArrayList<>();
    private final List<PeerAddress> proven = new ArrayList<>();
    private final List<PeerAddress> heard = new ArrayList<>();
    private final NavigableMap<Integer, List<PeerAddress>> remembered = new TreeMap<>();
    private final NavigableMap<Integer, List<PeerAddress>> failed = new TreeMap<>();

    DialOrder(RandomGenerator random) {
        this.random = random;
    }

    void add(PeerAddress address, boolean isProven, HintSource source, int failures) {
        if (source.isOperator()) {
            named.add(address);
        }
        if (failures > 0) {
            failed.computeIfAbsent(failures, count -> new ArrayList<>()).add(address);
        } else if (isProven) {
            proven.add(address);
        } else if (source.isMemory()) {
            remembered.computeIfAbsent(source.rank(), rank -> new ArrayList<>()).add(address);
        } else {
            heard.add(address);
        }
    }

    /** Those that proved themselves first, then hints: those of this run, then those of an earlier one that were seen last. */
    List<PeerAddress> byTrust(int most) {
        List<PeerAddress> drawn = new ArrayList<>();
        draw(proven, most, drawn);
        draw(heard, most, drawn);
        remembered.values().forEach(some -> draw(some, most, drawn));
        failed.values().forEach(some -> draw(some, most, drawn));
        return drawn;
    }

    /**
     * For a node that has reached nobody: every other one of those that the operator named, even if they failed, and of each other kind as
     * many as of the others. A machine that was moved has proven peers by the hundred that are all gone.
     */
    List<PeerAddress> byTurns(int most) {
        List<PeerAddress> memory = new ArrayList<>();
        remembered.values().forEach(some -> draw(some, most, memory));
        List<PeerAddress> others = alternate(List.of(drawn(proven, most), drawn(heard, most), memory));
        failed.values().forEach(some -> draw(some, most, others));
        return alternate(List.of(drawn(named, most), others)).stream()
                .distinct()
                .limit(most)
                .toList();
    }

    private static List<PeerAddress> alternate(List<List<PeerAddress>> kinds) {
        List<PeerAddress> all = new ArrayList<>();
        int longest = kinds.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            for (List<PeerAddress> kind : kinds) {
                if (i < kind.size()) {
                    all.add(kind.get(i));
                }
            }
        }
        return all;
    }

    private List<PeerAddress> drawn(List<PeerAddress> from, int most) {
        List<PeerAddress> drawn = new ArrayList<>();
        draw(from, most, drawn);
        return drawn;
    }

    private void draw(List<PeerAddress> from, int most, List<PeerAddress> to) {
        for (int left = from.size(); left > 0 && to.size() < most; left--) {
            int chosen = random.nextInt(left);
            to.add(from.get(chosen));
            from.set(chosen, from.get(left - 1));
        }
    }
}
