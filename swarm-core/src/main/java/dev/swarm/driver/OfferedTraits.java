package dev.swarm.driver;

import dev.swarm.Printable;
import dev.swarm.coordinate.CheckIn;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node reports about itself: its own traits and those of its plugins, each of which belongs to whom it comes from. Safe for many threads. */
final class OfferedTraits {

    private static final Logger log = LoggerFactory.getLogger(OfferedTraits.class);

    private final Map<String, Offer> offers = new ConcurrentHashMap<>();

    /** A trait, and the plugin that it is of; null for the node itself. */
    private record Offer(@Nullable String plugin, Supplier<String> json) {}

    /** Offers a trait of the node itself. */
    void offer(String name, Supplier<String> json) {
        offers.put(name, new Offer(null, json));
    }

    /**
     * Offers a trait of a plugin, in place of one of this name that the plugin offers.
     *
     * @throws IllegalArgumentException if the name is none, or somebody else's
     */
    void offer(String plugin, String name, Supplier<String> json) {
        if (!CheckIn.isTraitName(name)) {
            throw new IllegalArgumentException(
                    cannot(plugin, name) + "a trait's name has 1 to 64 letters of ASCII, digits, '.', '-' or '_'");
        }
        offers.compute(name, (same, before) -> {
            if (before != null && !plugin.equals(before.plugin)) {
                throw new IllegalArgumentException(cannot(plugin, name)
                        + (before.plugin == null
                                ? "the node itself reports it"
                                : "subsystem " + before.plugin + " does")
                        + "; choose another name");
            }
            return new Offer(plugin, json);
        });
    }

    private static String cannot(String plugin, String name) {
        return "subsystem " + plugin + " cannot offer trait \"" + Printable.of(name) + "\": ";
    }

    /** Takes back what a plugin offers. */
    void withdraw(String plugin) {
        offers.values().removeIf(offer -> plugin.equals(offer.plugin));
    }

    /** A trait as it is now; null if nobody offers one of that name. May read the disk. */
    @Nullable
    String read(String name) {
        Offer offer = offers.get(name);
        return offer == null ? null : offer.json.get();
    }

    /** All traits that can be read at present. May read the disk. */
    Map<String, String> readAll() {
        Map<String, String> read = new TreeMap<>();
        offers.forEach((name, offer) -> {
            try {
                read.put(name, offer.json.get());
            } catch (RuntimeException e) {
                log.debug("trait {} cannot be read", name, e);
            }
        });
        return read;
    }
}
