package dev.swarm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Copies of collections that a caller hands in; where something in them is null, the refusal says where. Stateless. */
final class Copies {

    private Copies() {}

    static <T> List<T> of(List<T> given, String name) {
        List<T> copy = new ArrayList<>(Objects.requireNonNull(given, name));
        for (int i = 0; i < copy.size(); i++) {
            Objects.requireNonNull(copy.get(i), name + "[" + i + "]");
        }
        return List.copyOf(copy);
    }

    static <K, V> Map<K, V> of(Map<K, V> given, String name) {
        Map<K, V> copy = new LinkedHashMap<>(Objects.requireNonNull(given, name));
        copy.forEach((key, value) -> {
            Objects.requireNonNull(key, "a key of " + name);
            Objects.requireNonNull(value, name + "[" + key + "]");
        });
        return Map.copyOf(copy);
    }
}
