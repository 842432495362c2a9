package dev.swarm.filecast;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tells which broken seeds to speak of: each once for as long as the reason stays the same, and not before a second look in a row finds it,
 * as a file and its {@code .swarm} come one after the other. Confined.
 */
final class BrokenSeeds {

    private Map<String, String> seen = Map.of();
    private Map<String, String> said = Map.of();

    /** Takes in what a look at the directory found, reasons by name; returns those to speak of now. */
    Map<String, String> look(Map<String, String> broken) {
        Map<String, String> news = new TreeMap<>();
        Map<String, String> known = new HashMap<>();
        broken.forEach((name, why) -> {
            boolean isSaid = why.equals(said.get(name));
            if (!isSaid && why.equals(seen.get(name))) {
                news.put(name, why);
            }
            if (isSaid || news.containsKey(name)) {
                known.put(name, why);
            }
        });
        seen = broken;
        said = known;
        return news;
    }
}
