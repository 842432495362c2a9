package dev.swarm.examples.config;

import java.util.List;
import java.util.Map;

/** A part of a YAML document that knows its line. Immutable. */
sealed interface YamlNode {

    /** The line that it begins in, counted from 1. */
    int line();

    /** What it is and holds, for a message. */
    String shown();

    /** A text, a number or another single value. */
    record Scalar(int line, String text) implements YamlNode {

        @Override
        public String shown() {
            return "'" + text + "'";
        }
    }

    /** A list. */
    record Sequence(int line, List<YamlNode> items) implements YamlNode {

        /** Copies the list. */
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String shown() {
            return "a list of " + items.size();
        }
    }

    /** Keys with their values, in the order of the document. */
    record Mapping(int line, Map<String, Member> members) implements YamlNode {

        @Override
        public String shown() {
            return members.isEmpty() ? "an empty section" : "a section with " + String.join(", ", members.keySet());
        }
    }

    /** A value and the line of its key. */
    record Member(int line, YamlNode value) {}
}
