package dev.swarm.driver;

import dev.swarm.Ticker;
import dev.swarm.WorkPace;
import dev.swarm.coordinate.CheckIn;
import dev.swarm.coordinate.FittedTraits;
import dev.swarm.coordinate.TraitDocument;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's traits as it reports them to coordinators. Reading them takes the disk, so at most a tenth of the time goes into it.
 * Used by one thread at a time.
 */
final class ReportedTraits {

    private static final Logger log = LoggerFactory.getLogger(ReportedTraits.class);

    private final Supplier<Map<String, String>> traits;
    private final WorkPace pace;
    private Map<String, String> texts = Map.of();
    private Map<String, TraitDocument> documents = Map.of();

    ReportedTraits(Supplier<Map<String, String>> traits, Ticker ticker) {
        this.traits = traits;
        this.pace = new WorkPace(ticker);
    }

    /** The traits as they are, or as they were a moment ago. */
    Map<String, TraitDocument> read() {
        if (pace.waitNanos() == 0) {
            pace.started();
            Map<String, String> fresh = traits.get();
            if (!fresh.equals(texts)) {
                texts = fresh;
                documents = documentsOf(fresh);
            }
            pace.ended();
        }
        return documents;
    }

    private static Map<String, TraitDocument> documentsOf(Map<String, String> texts) {
        Map<String, TraitDocument> whole = new TreeMap<>();
        Map<String, String> usable = new TreeMap<>();
        texts.forEach((name, text) -> {
            try {
                if (CheckIn.isTraitName(name) && whole.size() < CheckIn.MAX_TRAITS) {
                    whole.put(name, TraitDocument.of(name, text));
                    usable.put(name, text);
                }
            } catch (IllegalArgumentException e) {
                log.debug("trait {} is not reported: {}", name, e.getMessage());
            }
        });
        Map<String, TraitDocument> fitted = new TreeMap<>();
        FittedTraits.of(usable, CheckIn.MAX_TRAIT_BYTES).forEach((name, text) -> {
            TraitDocument document = whole.get(name);
            boolean asItIs = document != null && text.equals(usable.get(name));
            fitted.put(name, asItIs ? document : TraitDocument.of(name, text));
        });
        return Map.copyOf(fitted);
    }
}
