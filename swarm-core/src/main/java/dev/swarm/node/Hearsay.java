package dev.swarm.node;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What several others have said already, so that saying it once more tells nobody anything: the redundancy counter of RFC 6206
 * section 4.2, one for each topic. Pure and confined.
 */
final class Hearsay {

    /** Others that have to say a thing before this node leaves it out; with one alone, a single loss could silence it. */
    static final int ENOUGH = 3;

    /** Topics kept; the one that came up longest ago goes first. */
    private static final int MAX_TOPICS = 512;

    private final Map<Object, Set<Long>> saidBy = new LinkedHashMap<>(16, 0.75f, true);

    void said(Object topic, long announcer) {
        Set<Long> announcers = saidBy.computeIfAbsent(topic, unheard -> new HashSet<>(2 * ENOUGH));
        if (announcers.size() < ENOUGH) {
            announcers.add(announcer);
        }
        if (saidBy.size() > MAX_TOPICS) {
            Iterator<Object> eldest = saidBy.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    void forget(Object topic) {
        saidBy.remove(topic);
    }

    boolean isEnough(Object topic) {
        Set<Long> announcers = saidBy.get(topic);
        return announcers != null && announcers.size() >= ENOUGH;
    }
}
