package dev.swarm.examples.config;

import dev.swarm.Printable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the plain part of YAML: one document of lists, sections and values, without anchors, aliases and tags, which could make
 * much out of little. Confined to one thread.
 */
final class YamlReader {

    /** Most characters in a document: many times the longest list of patterns that anybody keeps by hand. */
    static final int MAX_CHARACTERS = 64 * 1024;

    /** Most lists and sections within each other; the configuration needs four. */
    static final int MAX_DEPTH = 16;

    private final Iterator<Event> events;
    private int depth;

    private YamlReader(Iterator<Event> events) {
        this.events = events;
    }

    /**
     * Reads a document.
     *
     * @throws YamlProblem naming the line and what is wrong there
     */
    static YamlNode read(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new YamlProblem(
                    1, "the file has " + text.length() + " characters, limit " + MAX_CHARACTERS + "; shorten it");
        }
        LoadSettings settings = LoadSettings.builder()
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(0)
                .build();
        try {
            return new YamlReader(new Parse(settings).parseString(text).iterator()).document();
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            throw new YamlProblem(
                    mark.isPresent() ? mark.get().getLine() + 1 : 1,
                    "this is not YAML: " + Printable.of(e.getProblem())
                            + "; mind indentation, and put patterns in quotes");
        } catch (YamlEngineException e) {
            throw new YamlProblem(1, "this is not YAML: " + Printable.of(String.valueOf(e.getMessage())));
        }
    }

    private YamlNode document() {
        Event event = events.next();
        while (events.hasNext() && !(event instanceof NodeEvent)) {
            event = events.next();
        }
        if (!(event instanceof NodeEvent)) {
            throw new YamlProblem(1, "the file is empty; write a 'swarm:' section");
        }
        YamlNode root = node(event);
        while (events.hasNext()) {
            event = events.next();
            if (event instanceof DocumentStartEvent) {
                throw new YamlProblem(line(event), "a second document begins here; write one");
            }
        }
        return root;
    }

    private YamlNode node(Event event) {
        requirePlain(event);
        if (event instanceof ScalarEvent scalar) {
            return new YamlNode.Scalar(line(event), scalar.getValue());
        }
        if (++depth > MAX_DEPTH) {
            throw new YamlProblem(line(event), "more than " + MAX_DEPTH + " lists and sections within each other");
        }
        YamlNode read = event instanceof SequenceStartEvent ? sequence(event) : mapping(event);
        depth--;
        return read;
    }

    private YamlNode sequence(Event start) {
        List<YamlNode> items = new ArrayList<>();
        for (Event event = events.next(); event instanceof NodeEvent; event = events.next()) {
            items.add(node(event));
        }
        return new YamlNode.Sequence(line(start), items);
    }

    private YamlNode mapping(Event start) {
        if (!(start instanceof MappingStartEvent)) {
            throw new AssertionError(start);
        }
        Map<String, YamlNode.Member> members = new LinkedHashMap<>();
        for (Event event = events.next(); event instanceof NodeEvent; event = events.next()) {
            if (!(node(event) instanceof YamlNode.Scalar key)) {
                throw new YamlProblem(line(event), "a key has to be a word");
            }
            YamlNode.Member member = new YamlNode.Member(key.line(), node(events.next()));
            if (members.put(key.text(), member) != null) {
                throw new YamlProblem(key.line(), "'" + key.text() + "' is there twice; write it once");
            }
        }
        return new YamlNode.Mapping(line(start), members);
    }

    private static void requirePlain(Event event) {
        if (event instanceof AliasEvent alias) {
            throw new YamlProblem(
                    line(event),
                    "*" + alias.getAlias() + " means an alias in YAML; put a pattern that begins with '*' in quotes");
        }
        Optional<Anchor> anchor = event instanceof NodeEvent node ? node.getAnchor() : Optional.empty();
        if (anchor.isPresent()) {
            throw new YamlProblem(line(event), "&" + anchor.get() + " is an anchor; write the value out");
        }
        String tag = tag(event);
        if (tag != null) {
            throw new YamlProblem(line(event), tag + " is a tag; write the value without it");
        }
    }

    private static @Nullable String tag(Event event) {
        if (event instanceof ScalarEvent scalar) {
            return scalar.getTag().orElse(null);
        }
        return event instanceof CollectionStartEvent collection
                ? collection.getTag().orElse(null)
                : null;
    }

    private static int line(Event event) {
        Optional<Mark> mark = event.getStartMark();
        return mark.isPresent() ? mark.get().getLine() + 1 : 1;
    }
}
