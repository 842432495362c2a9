package dev.swarm.coordinate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** A set of which a few can be drawn at random in time that does not grow with it. Confined. */
final class PickSet<E> {

    /** Draws for each element that is asked for, after which those found have to do. */
    private static final int DRAWS = 4;

    private final List<E> elements = new ArrayList<>();
    private final Map<E, Integer> places = new HashMap<>();

    void add(E element) {
        if (places.putIfAbsent(element, elements.size()) == null) {
            elements.add(element);
        }
    }

    void remove(E element) {
        Integer place = places.remove(element);
        if (place != null) {
            E last = elements.remove(elements.size() - 1);
            if (place < elements.size()) {
                elements.set(place, last);
                places.put(last, place);
            }
        }
    }

    boolean isEmpty() {
        return elements.isEmpty();
    }

    /** Up to {@code most} that are wanted, in random order; from a large set in which few are, maybe not as many as there are. */
    Set<E> pick(int most, Predicate<E> wanted, RandomGenerator random) {
        Set<E> picked = new LinkedHashSet<>();
        if (elements.size() <= DRAWS * most) {
            List<E> rest = new ArrayList<>(elements);
            while (picked.size() < most && !rest.isEmpty()) {
                int place = random.nextInt(rest.size());
                addWanted(rest.get(place), wanted, picked);
                rest.set(place, rest.get(rest.size() - 1));
                rest.remove(rest.size() - 1);
            }
        } else {
            for (int draw = 0; draw < DRAWS * most && picked.size() < most; draw++) {
                addWanted(elements.get(random.nextInt(elements.size())), wanted, picked);
            }
        }
        return picked;
    }

    private static <E> void addWanted(E element, Predicate<E> wanted, Set<E> picked) {
        if (wanted.test(element)) {
            picked.add(element);
        }
    }
}
